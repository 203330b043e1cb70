import type { ConformanceCheck } from "../conformance-check.ts";
import { must, mustEqual } from "../conformance-fault.ts";
import { waitUntil } from "../wait-until.ts";
import { endingOf, expectCategory, expectOk } from "./expect-outcome.ts";

const chapter = "Operations";

export const everyRequestIsTold: ConformanceCheck = {
  id: 47,
  chapter,
  title: "Every request is told to the log, and an error carries the vendor's request id",
  needs: ["answers"],
  why: "The vendor's support asks for the request id first. A request that nobody logged cannot be found in a trace.",
  fix: "Send through `createHttpClient` with the call's context; read the id from the vendor's header or body into `vendorRequestId`.",
  async run(bench) {
    const { harness, proxy, system, context } = await bench.warm();
    for (const call of ["read", "write"] as const) {
      proxy.calm();
      const recorded = context();
      await expectOk(`A ${call}`, harness[call](system, recorded));
      const told = recorded.logged.filter(({ message }) => message === "http");
      mustEqual({
        says: `Each request of a ${call} is one log entry with the message "http".`,
        path: "context.log",
        received: told.length,
        expected: proxy.requests.length,
      });
      for (const field of ["request", "status", "ms"]) {
        must(
          told.every((entry) => entry[field] !== undefined),
          {
            says: `A log entry of a request lacks ${field}.`,
            path: `context.log.${field}`,
            received: told,
          },
        );
      }
    }
    const refused = harness.answers?.withRequestId ?? null;
    if (refused === null) return;
    proxy.calm();
    proxy.strike({ fault: { kind: "answer", ...refused.answer } });
    const { outcome } = await endingOf(harness.read(system, context()));
    mustEqual({
      says: "The error carries the request id of the vendor's answer.",
      path: "error.vendorRequestId",
      received: outcome.category === "ok" ? "no error" : outcome.vendorRequestId,
      expected: refused.requestId,
    });
  },
};

/** How long one connection keeps all of its calls busy. */
const hangMs = 300;

export const connectionsShareNothing: ConformanceCheck = {
  id: 48,
  chapter,
  title: "Two connections in one process share no limit, no silence, no token and no client",
  needs: [],
  why: "HubSpot's SDK keeps its limiter in a process-wide singleton: a second tenant's client erases the first one's.",
  fix: "Make everything inside `connect`; keep nothing in a module's variables, nor in an SDK's.",
  async run(bench) {
    const { harness, proxy, system, context, connect, clock } = await bench.warm();
    const other = connect();
    await expectOk("A read of the second connection", harness.read(other, context()));
    const used = new Set(proxy.requests.filter((one) => harness.tokens?.isTokenRequest(one)));
    must(harness.tokens === undefined || used.size === 1, {
      says: "The second connection asks for a token of its own.",
      path: "requests",
      expected: 1,
      received: used.size,
    });
    proxy.calm();
    proxy.strike({
      fault: { kind: "answer", status: 429, headers: { "retry-after": "60" }, body: "" },
      times: 1,
    });
    await expectCategory(
      "A read that is told to wait",
      harness.read(system, context()),
      "rate_limited",
    );
    await expectOk(
      "A read of another connection, while the first is to be silent",
      harness.read(other, context()),
    );
    proxy.calm();
    const busy = connect();
    await expectOk("A read of a third connection", harness.read(busy, context()));
    const isOfBusy = proxy.requests.length;
    proxy.strike({ fault: { kind: "hang" }, times: harness.concurrentCallsMax });
    const deadline = clock.now() + hangMs;
    const hanging = Array.from({ length: harness.concurrentCallsMax }, () =>
      endingOf(harness.read(busy, context({ deadline }))),
    );
    await waitUntil(() => proxy.requests.length >= isOfBusy + harness.concurrentCallsMax);
    try {
      await expectOk(
        "A read of one connection, while another uses all of its calls",
        harness.read(other, context({ signal: AbortSignal.timeout(2_000) })),
      );
    } finally {
      await Promise.all(hanging);
    }
    await system.close();
    await expectOk("A read after another connection was closed", harness.read(other, context()));
  },
};

export const kitEndsInTime: ConformanceCheck = {
  id: 50,
  chapter,
  title: "The whole kit ends within 60 s on two cores",
  needs: [],
  why: "A suite that takes longer is not run before each commit, and then not at all.",
  fix: "Look at the slowest checks of the report; a fake peer answers within a millisecond.",
  async run(bench) {
    const tookMs = bench.elapsedMs();
    must(tookMs < bench.budgetMs, {
      says: `The run took ${Math.round(tookMs / 1000)} s; at most ${Math.round(bench.budgetMs / 1000)} s are allowed.`,
      path: "report.elapsedMs",
      expected: bench.budgetMs,
      received: Math.round(tookMs),
    });
  },
};
