import { expect, it } from "vitest";
import { isConnectorError } from "../spec/connector-error.ts";
import type { ConformanceRun } from "./conformance-run.ts";
import { outcomeOf } from "./outcome-of.ts";

/** Checks every connector passes: credentials, limits, time and what comes back. Numbers are those of the reference list. */
export function checkHttpManners(run: ConformanceRun): void {
  it("a persistent 401 stops after one refresh: at most 3 requests, auth_invalid (9)", async () => {
    const { harness, proxy, system, context } = await run.warm();
    proxy.strike({
      when: (request) => !request.path.includes("/token"),
      fault: { kind: "answer", ...harness.unauthorized },
    });
    const outcome = await outcomeOf(harness.read(system, context()));
    expect(outcome.category).toBe("auth_invalid");
    expect(proxy.requests.length).toBeLessThanOrEqual(3);
  });

  it("a 429 with Retry-After is honored to the second (33)", async () => {
    const { harness, proxy, system, context, clock } = await run.warm();
    proxy.strike({
      fault: { kind: "answer", status: 429, headers: { "retry-after": "7" }, body: "" },
      times: 1,
    });
    const refused = await outcomeOf(harness.read(system, context()));
    expect(refused).toMatchObject({ category: "rate_limited", retryAfterMs: 7_000 });
    clock.advance(6_999);
    const early = await outcomeOf(harness.read(system, context()));
    expect(early.category).toBe("rate_limited");
    expect(proxy.requests).toHaveLength(1);
    clock.advance(1);
    expect((await outcomeOf(harness.read(system, context()))).category).toBe("ok");
  });

  it.each([500, 502, 503])(
    "one call is one request under %i: retries are Temporal's (35)",
    async (status) => {
      const { harness, proxy, system, context } = await run.warm();
      proxy.strike({ fault: { kind: "answer", status, body: "" } });
      const outcome = await outcomeOf(harness.read(system, context()));
      expect(outcome.category).toBe("transient");
      expect(proxy.requests).toHaveLength(1);
    },
  );

  it("a connection cut before anything happened is not silently re-sent (35)", async () => {
    const { harness, proxy, system, context } = await run.warm();
    proxy.strike({ fault: { kind: "reset-before-commit" } });
    await outcomeOf(harness.read(system, context()));
    expect(proxy.requests).toHaveLength(1);
  });

  it("never more requests at once than declared (33)", async () => {
    const { harness, proxy, system, context } = await run.warm();
    proxy.strike({ fault: { kind: "delay", ms: 5 } });
    const many = harness.concurrentCallsMax * 3;
    await Promise.all(Array.from({ length: many }, () => harness.read(system, context())));
    expect(proxy.concurrentMax()).toBeLessThanOrEqual(harness.concurrentCallsMax);
    expect(proxy.concurrentMax()).toBeGreaterThan(1);
  });

  it("a hung peer is given up on at the deadline (37)", async () => {
    const { harness, proxy, system, context, clock } = await run.warm();
    proxy.strike({ fault: { kind: "hang" } });
    const startedMs = performance.now();
    const outcome = await outcomeOf(harness.read(system, context({ deadline: clock.now() + 100 })));
    expect(outcome.category).toBe("transient");
    expect(performance.now() - startedMs).toBeLessThan(3_000);
  });

  it("a caller who cancels is obeyed while the peer hangs (37)", async () => {
    const { harness, proxy, system, context } = await run.warm();
    proxy.strike({ fault: { kind: "hang" } });
    const stop = new AbortController();
    const pending = outcomeOf(harness.read(system, context({ signal: stop.signal })));
    await expect.poll(() => proxy.requests.length).toBe(1);
    stop.abort(new Error("canceled"));
    expect((await pending).category).toBe("transient");
  });

  it.each(["html", "truncated-json"] as const)(
    "%s instead of an answer is transient on a read, of unknown outcome on a write (38)",
    async (kind) => {
      const { harness, proxy, system, context } = await run.warm();
      proxy.strike({ fault: { kind }, times: 1 });
      expect((await outcomeOf(harness.read(system, context()))).category).toBe("transient");
      proxy.calm();
      proxy.strike({ when: harness.isWrite, fault: { kind }, times: 1 });
      expect((await outcomeOf(harness.write(system, context()))).category).toBe("outcome_unknown");
    },
  );

  it("only a ConnectorError is thrown, and no secret shows in a log or an error (4)", async () => {
    const { harness, proxy, system, context } = await run.warm();
    const told: string[] = [];
    const faults = [
      { kind: "answer", ...harness.unauthorized },
      { kind: "answer", status: 400, body: "{}" },
      { kind: "answer", status: 500, body: "" },
      { kind: "reset-after-commit" },
      { kind: "html" },
    ] as const;
    for (const fault of faults) {
      proxy.calm();
      proxy.strike({ fault, times: 1 });
      const recorded = context();
      const error = await harness.write(system, recorded).catch((thrown: unknown) => thrown);
      expect(isConnectorError(error)).toBe(error instanceof Error);
      told.push(showError(error), JSON.stringify(recorded.logged));
    }
    const all = told.join("\n");
    expect(all).toContain("http");
    for (const secret of harness.secrets) expect(all).not.toContain(secret);
  });
}

function showError(error: unknown): string {
  if (!(error instanceof Error)) return "";
  return [error.message, error.stack, JSON.stringify(error), showError(error.cause)].join("\n");
}
