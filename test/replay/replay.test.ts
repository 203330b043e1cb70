import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { historyFromJSON } from "@temporalio/common/lib/proto-utils.js";
import { DefaultLogger, Runtime, Worker } from "@temporalio/worker";
import { bundleWorkflows, createDataConverter } from "@usher/temporal-client";
import { afterAll, describe, expect, it } from "vitest";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const cacheFolder = mkdtempSync(join(tmpdir(), "usher-replay-"));
afterAll(() => rmSync(cacheFolder, { recursive: true, force: true }));
Runtime.install({
  logger: new DefaultLogger("ERROR"),
  telemetryOptions: { logging: { filter: { core: "ERROR", other: "ERROR" } } },
});

/** The key the histories were recorded with (`testPayloadKeys` of the worker's tests). */
const payloadKeys = [{ id: "test", secret: Buffer.alloc(32, "test") }] as const;

const histories = readdirSync(here("histories"))
  .filter((name) => name.endsWith(".json"))
  .map((name) => ({
    workflowId: name,
    history: historyFromJSON(JSON.parse(readFileSync(join(here("histories"), name), "utf8"))),
  }));

describe("recorded histories of fulfillOrder", () => {
  it.each([
    ["granted at once", "becomes-billed-access"],
    ["approved", "goes-on-when-approved"],
    ["rejected", "when-rejected"],
    ["sent back for changes", "changes-that-an-approver-asked-for"],
    ["approved in several stages", "one-after-the-other"],
    ["approved by a quorum", "with-a-quorum-of-all"],
    ["silence that parks", "parks-the-order"],
    ["silence that denies", "is-a-no-where-the-policy-says-so"],
    ["a newer revision while it waits", "asks-anew-when-a-newer-revision"],
    ["a newer revision while it is billed", "breaks-off-the-billing"],
    ["a newer revision while it is billed and booked", "breaks-off-billing-and-booking"],
    ["a newer revision after it was granted", "replaces-what-was-granted"],
    ["canceled while it waits", "ends-a-waiting-order"],
    ["canceled while it is billed", "takes-back-a-bill-that-may-have-been-made"],
    ["canceled while it is billed and booked", "while-both-calls-are-still-under-way"],
    ["canceled while an answer is on its way", "while-the-answer-of"],
    ["canceled as soon as it is known", "as-soon-as-it-is-known"],
    ["a newer revision that needs no yes", "nobody-goes-on-being-asked"],
    ["canceled at Action needed", "takes-the-bill-back-when-it-is-canceled-after-the-erp-refused"],
    ["canceled after it was granted", "takes-back-access-and-bill"],
    ["canceled while somebody says yes", "a-cancelation-that-races-the-yes"],
    ["a compensation that is refused", "stands-at-action-needed-when-a-bill"],
    ["an ERP order that cannot be canceled", "when-the-erp-does-not-let-its-order-go"],
    ["resumed after a refused bill", "billing-refused"],
    ["booked in an ERP beside the bill", "has-every-order-billed-and-booked"],
    ["booked once more", "has-a-newer-revision-booked-once-more"],
    ["canceled in billing and ERP", "is-taken-back-in-both-when-it-is-canceled-after-access"],
    ["refused by the ERP and resumed", "shows-the-erp-s-refusal"],
    ["a write-back that is refused", "write-back-refused-action-needed"],
    ["an unknown product", "unknown-product"],
    ["a deal that is gone", "a-deal-that-is-gone"],
    ["a lost run", "a-lost-run"],
    ["a due instant that nobody answers", "plans-again-at-the-due-instant"],
    ["an unreachable vendor, tried again by itself", "tries-an-unreachable-vendor-again"],
    ["a compensation that fails while others go on", "writes-down-a-compensation-that-fails"],
    ["a fault of our own", "is-never-failed-by-a-fault-of-ours"],
    ["canceled in Temporal itself", "ends-cleanly-when-the-run-itself-is-canceled"],
    ["continued as new", "continues-as-new"],
  ])("tell of a run %s", (_way, story) => {
    expect(histories.some(({ workflowId }) => workflowId.includes(story))).toBe(true);
  });

  it.each([
    ["called billing and ERP side by side", ["billOrder", "bookOrder"]],
    ["took both back", ["cancelBooking", "cancelBilling"]],
  ])("have a run that %s, by what its activities are called", (_what, names) => {
    const runs = histories.filter(({ history }) => {
      const called = activitiesOf(history);
      return names.every((name) => called.includes(name));
    });
    expect(runs.length).toBeGreaterThan(0);
  });

  it("are replayed by today's workflow without a difference", async () => {
    const workflowsPath = fileURLToPath(import.meta.resolve("@usher/workflows"));
    expect(await differences(workflowsPath)).toEqual([]);
  });

  it("are refused by a workflow that takes its steps in another order", async () => {
    const broken = await differences(here("broken/index.ts"));
    expect(broken).toHaveLength(histories.length);
  });
});

/** The remote activities of a run, in the order in which it asked for them. */
function activitiesOf({ events }: (typeof histories)[number]["history"]): readonly string[] {
  return (events ?? []).flatMap(
    ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name ?? [],
  );
}

/** Names of the histories that the workflows at this path cannot replay. */
async function differences(workflowsPath: string): Promise<readonly string[]> {
  const different: string[] = [];
  const results = Worker.runReplayHistories(
    {
      workflowBundle: await bundleWorkflows({ workflowsPath, cacheFolder }),
      dataConverter: createDataConverter(payloadKeys),
    },
    histories,
  );
  for await (const { workflowId, error } of results) {
    if (error !== undefined) different.push(`${workflowId}: ${error.message}`);
  }
  return different;
}
