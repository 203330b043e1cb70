import type { OrderEvent, OrderState } from "@usher/entitlement-core/order";
import { describe, expect, it } from "vitest";
import { createTimeFormat, durationText } from "./format-time.ts";
import { toText } from "./html.ts";
import { limitBar } from "./limit-bar.ts";
import { renderMarkdown } from "./markdown.ts";
import { railStops } from "./order-rail.ts";
import { safeBack } from "./page-context.ts";
import { runPicture, runSpans } from "./run-picture.ts";

const time = createTimeFormat("Europe/Berlin");
const start = Date.UTC(2026, 10, 24, 6, 0);
const hour = 3_600_000;
const at = (hours: number, event: object) => ({
  event: event as OrderEvent,
  at: start + hours * hour,
});
const received = at(0, { type: "order_received", revision: 1, dealVersion: "1" });
const asked = at(1, {
  type: "approval_requested",
  revision: 1,
  stages: [],
  waitingOn: { who: "Finance: Dana Kim" },
});

describe("the rail", () => {
  const placesOf = (
    status: Parameters<typeof railStops>[0]["status"],
    state: object,
    events: Parameters<typeof railStops>[0]["events"] = [],
  ) =>
    railStops({ status, state: state as OrderState, events, time }).map(
      (stop) => `${stop.name}: ${stop.place}`,
    );

  it("shows the stops behind, the one here and those to come", () => {
    expect(
      placesOf("Awaiting approval", { phase: "awaiting-approval" }, [received, asked]),
    ).toEqual(["Received: done", "Awaiting approval: now", "Provisioning: ahead", "Active: ahead"]);
    expect(placesOf("Active", { phase: "active" }).every((stop) => stop.endsWith("done"))).toBe(
      true,
    );
  });

  it("stops where a problem is to be mended", () => {
    const problemAt = (resumeAt: string) =>
      placesOf("Action needed", { phase: "action-needed", problem: { resumeAt } });
    expect(problemAt("validation")[0]).toBe("Received: halt");
    expect(problemAt("approval")[1]).toBe("Awaiting approval: halt");
    expect(problemAt("undo")[2]).toBe("Provisioning: halt");
    expect(problemAt("write-back")[3]).toBe("Active: halt");
  });

  it("ends with the word that ended the order", () => {
    expect(placesOf("Rejected", { phase: "rejected" }).at(-1)).toBe("Rejected: halt");
    expect(placesOf("Canceled", { phase: "canceled" }).at(-1)).toBe("Canceled: halt");
    expect(placesOf("Ended", { phase: "ended" }).at(-1)).toBe("Ended: done");
  });

  it("says so when nobody had to be asked", () => {
    const [, approval] = railStops({
      status: "Active",
      state: { phase: "active" } as OrderState,
      events: [received],
      time,
    });
    expect(approval?.detail).toBe("Nobody had to be asked");
  });
});

describe("the picture of the run", () => {
  it("shows work, waiting and trouble for as long as they lasted", () => {
    const spans = runSpans([
      received,
      asked,
      at(50, { type: "order_approved", revision: 1 }),
      at(50, { type: "provisioning_started", revision: 1 }),
      at(51, { type: "problem_found", revision: 1, problem: {} }),
      at(60, { type: "order_resumed", revision: 1 }),
      at(60, { type: "provisioning_started", revision: 1 }),
      at(61, { type: "order_billed", revision: 1 }),
      at(62, { type: "entitlements_granted", revision: 1 }),
    ]);
    expect(
      spans.map((span) => [
        span.lane,
        span.kind,
        (span.from - start) / hour,
        span.to === null ? null : (span.to - start) / hour,
      ]),
    ).toEqual([
      ["Read", "work", 0, 1],
      ["Approve", "wait", 1, 50],
      ["Bill", "work", 50, 51],
      ["Fix", "halt", 51, 60],
      ["Bill", "work", 60, 61],
      ["Grant", "work", 61, 62],
    ]);
  });

  it("gives the time to the grant where nothing is billed", () => {
    const spans = runSpans([
      at(0, { type: "provisioning_started", revision: 1 }),
      at(1, { type: "entitlements_granted", revision: 1 }),
    ]);
    expect(spans.map((span) => span.lane)).toEqual(["Grant"]);
  });

  it("shows a booking beside the bill, and the grant after both", () => {
    const spansOf = (vendors: readonly ["order_billed" | "order_booked", number][]) =>
      runSpans([
        at(0, { type: "provisioning_started", revision: 1 }),
        ...vendors.map(([type, hours]) => at(hours, { type, revision: 1 })),
        at(3, { type: "entitlements_granted", revision: 1 }),
      ])
        .filter(({ lane }) => lane !== "Tell")
        .map(
          ({ lane, from, to }) => `${lane} ${(from - start) / hour}-${((to ?? 0) - start) / hour}`,
        )
        .toSorted();
    expect(
      spansOf([
        ["order_billed", 1],
        ["order_booked", 2],
      ]),
    ).toEqual(["Bill 0-1", "Book 0-2", "Grant 2-3"]);
    expect(
      spansOf([
        ["order_booked", 1],
        ["order_billed", 2],
      ]),
    ).toEqual(["Bill 0-2", "Book 0-1", "Grant 2-3"]);
    expect(spansOf([["order_booked", 2]])).toEqual(["Book 0-2", "Grant 2-3"]);
  });

  it("is told in words for who does not see it, and stays inside its frame", async () => {
    const text = await toText(
      runPicture({ spans: runSpans([received, asked]), now: start + 30 * hour, time }),
    );
    expect(text).toContain(
      'aria-label="The run, step by step. Read: revision 1, 1 h. Approve: Finance: Dana Kim, 1 day 5 h so far."',
    );
    for (const [, x = "", width = ""] of text.matchAll(
      /<rect[^>]* x="([\d.]+)"[^>]* width="([\d.]+)"/g,
    )) {
      expect(Number(x) + Number(width)).toBeLessThanOrEqual(704);
    }
  });

  it("of nothing says so", async () => {
    expect(await toText(runPicture({ spans: [], now: start, time }))).toContain(
      "Nothing has run yet",
    );
  });
});

describe("small things", () => {
  it("tell durations in two units at most", () => {
    expect(
      [0, 999, 1_500, 61_000, 45 * 60_000, 5 * hour, 26 * hour, 24 * hour * 40].map(durationText),
    ).toEqual(["0 ms", "999 ms", "1.5 s", "1 min 1 s", "45 min", "5 h", "1 day 2 h", "40 days"]);
  });

  it("tell instants in the zone chosen, and name it", () => {
    expect(time.text(start)).toBe("24 Nov 2026, 07:00 CET");
    expect(createTimeFormat("Asia/Tokyo").text(start)).toBe("24 Nov 2026, 15:00 GMT+9");
  });

  it("draw a bar to the value and a line at the limit, and say both", async () => {
    const bar = await toText(
      limitBar({ label: "Discount", actual: 28, limit: 20, actualText: "28 %", limitText: "20 %" }),
    );
    expect(bar).toContain('aria-label="Discount: 28 %, limit 20 %"');
    const [value, limit] = [
      /class="b-value" width="(\d+)"/.exec(bar)?.[1],
      /x1="(\d+)"/.exec(bar)?.[1],
    ];
    expect(Number(value)).toBeGreaterThan(Number(limit));
  });

  it("render our docs' Markdown and nothing that could run", async () => {
    const text = await toText(
      renderMarkdown(
        '# A <title>\n\nSee `code`, **bold** and [docs](/docs). [bad](javascript:alert(1))\n\n- one\n- two\n\n```json\n{"a": "<b>"}\n```\n',
      ),
    );
    expect(text).toContain("<h1>A &lt;title&gt;</h1>");
    expect(text).toContain('<code>code</code>, <b>bold</b> and <a href="/docs">docs</a>');
    expect(text).not.toContain('href="javascript');
    expect(text).toContain("<li>one</li><li>two</li>");
    expect(text).toContain("{&quot;a&quot;: &quot;&lt;b&gt;&quot;}");
  });

  it("lead back to our own pages only", () => {
    expect(["/orders", "/orders/ord_1?events=all"].map(safeBack)).toEqual([
      "/orders",
      "/orders/ord_1?events=all",
    ]);
    expect(["//x", "/\\x", "https://x", "javascript:x", "/a\nb", undefined].map(safeBack)).toEqual(
      Array(6).fill("/orders"),
    );
  });
});
