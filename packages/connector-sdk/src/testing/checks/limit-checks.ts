import type { ConformanceCheck } from "../conformance-check.ts";
import { must, mustEqual } from "../conformance-fault.ts";
import { waitUntil } from "../wait-until.ts";
import { endingOf, expectCategory, expectOk } from "./expect-outcome.ts";

const chapter = "Limits, retries, failure";

export const silenceIsKept: ConformanceCheck = {
  id: 33,
  chapter,
  title:
    "Retry-After is honored to the second, a 429 without it is rate_limited, and never more calls at once than declared",
  needs: [],
  why: "A vendor that is asked again too early extends the ban; one that is asked by a hundred workers at once starts one.",
  fix: "One `createHttpClient` a connection, with the declared concurrency: it keeps the silence. Leave waiting to the caller by `retryAfterMs`.",
  async run(bench) {
    const { harness, proxy, system, context, clock } = await bench.warm();
    const read = () => harness.read(system, context({ deadline: clock.now() + 30_000 }));
    proxy.strike({
      fault: { kind: "answer", status: 429, headers: { "retry-after": "7" }, body: "" },
      times: 1,
    });
    const refused = await expectCategory("A read that is told to wait 7 s", read(), "rate_limited");
    mustEqual({
      says: "The error says how long to wait.",
      path: "error.retryAfterMs",
      received: refused.retryAfterMs,
      expected: 7_000,
    });
    clock.advance(6_999);
    await expectCategory("A read a millisecond too early", read(), "rate_limited");
    mustEqual({
      says: "Nothing is sent before the time has passed.",
      path: "requests",
      received: proxy.requests.length,
      expected: 1,
    });
    clock.advance(1);
    await expectOk("A read when the time has passed", read());
    proxy.calm();
    proxy.strike({ fault: { kind: "answer", status: 429, body: "" }, times: 1 });
    await expectCategory("A 429 that names no time", read(), "rate_limited");
    mustEqual({
      says: "A 429 is not repeated by the connector itself.",
      path: "requests",
      received: proxy.requests.length,
      expected: 1,
    });

    proxy.calm();
    proxy.strike({ fault: { kind: "delay", ms: 5 } });
    await Promise.all(Array.from({ length: harness.concurrentCallsMax * 3 }, read));
    const atOnce = proxy.concurrentMax();
    must(atOnce <= harness.concurrentCallsMax, {
      says: `More than ${harness.concurrentCallsMax} requests were under way at once.`,
      path: "requests",
      expected: harness.concurrentCallsMax,
      received: atOnce,
    });
    must(atOnce > 1 || harness.concurrentCallsMax === 1, {
      says: "Calls wait for each other although they need not.",
      path: "requests",
      expected: harness.concurrentCallsMax,
      received: atOnce,
    });
  },
};

export const quotaPauses: ConformanceCheck = {
  id: 34,
  chapter,
  title: "A used-up daily quota is quota_exhausted with a time to come back, after one request",
  needs: ["answers"],
  why: "It looks like a missing right (Salesforce's is a 403), and hammering it takes the quota of everybody else.",
  fix: "Recognize the vendor's code; say in `retryAfterMs` when the quota resets, or a quarter of an hour where nobody knows.",
  async run(bench) {
    const { harness, proxy, system, context } = await bench.warm();
    const answer = harness.answers?.quotaExhausted ?? null;
    if (answer === null) return;
    proxy.strike({ fault: { kind: "answer", ...answer } });
    const reading = harness.read(system, context());
    const error = await expectCategory("A read beyond the quota", reading, "quota_exhausted");
    must(error.retryAfterMs !== null && error.retryAfterMs >= 1_000, {
      says: "The error says when the quota is back.",
      path: "error.retryAfterMs",
      received: error.retryAfterMs,
    });
    mustEqual({
      says: "A used-up quota is found out with one request.",
      path: "requests",
      received: proxy.requests.length,
      expected: 1,
    });
  },
};

export const oneCallIsOneRequest: ConformanceCheck = {
  id: 35,
  chapter,
  title: "One call is one request, under 500 and under a cut connection: retries are Temporal's",
  needs: [],
  why: "HubSpot's SDK posts a create three times under 5xx, stripe-node re-sends after a closed connection: three deals, and ten times ten attempts.",
  fix: "Turn the SDK's retries off (`maxNetworkRetries: 0`, `numberOfApiCallRetries: 1`), or give it a `fetch` that sends once.",
  async run(bench) {
    for (const status of [500, 502, 503]) {
      const { harness, proxy, system, context } = await bench.warm();
      proxy.strike({ fault: { kind: "answer", status, body: "" } });
      const reading = harness.read(system, context());
      await expectCategory(`A read that is answered ${status}`, reading, "transient");
      mustEqual({
        says: `A read that is answered ${status} is one request.`,
        path: "requests",
        received: proxy.requests.length,
        expected: 1,
      });
    }
    for (const call of ["read", "write"] as const) {
      const { harness, proxy, system, context } = await bench.warm();
      const when = call === "write" ? harness.isWrite : () => true;
      proxy.strike({ when, fault: { kind: "reset-before-commit" } });
      await endingOf(harness[call](system, context()));
      mustEqual({
        says: `A ${call} whose connection is cut is not sent again.`,
        path: "requests",
        received: proxy.requests.filter(when).length,
        expected: 1,
      });
    }
  },
};

/** Longer than a limit by the second or by ten of them, shorter than any token lives. */
const limitedMs = 20_000;

const retryable = ["transient", "outcome_unknown", "rate_limited", "conflict_locked"];

export const everyAnswerHasItsCategory: ConformanceCheck = {
  id: 36,
  chapter,
  title:
    "Each of the vendor's answers has its category; an unknown 4xx is final, an unknown 5xx is not",
  needs: ["answers"],
  why: "A 403 can be a quota, a 400 a success, a 200 an error, a 401 an overload. The status alone sends the wrong person.",
  fix: "Classify by the vendor's code in one table; leave the rest to `categoryOfStatus`. Parse an error's body with care: it may be HTML.",
  async run(bench) {
    const { harness, proxy, system, context, clock } = await bench.warm();
    for (const row of harness.answers?.table ?? []) {
      proxy.calm();
      const when = row.to === "write" ? harness.isWrite : () => true;
      proxy.strike({ when, fault: { kind: "answer", ...row.answer } });
      await expectCategory(
        `A ${row.to} that is answered "${row.name}" (${row.answer.status})`,
        harness[row.to](system, context()),
        row.category,
      );
      // A rate limit keeps the connection quiet for some seconds.
      clock.advance(limitedMs);
    }
    for (const [status, isFinal] of [
      [418, true],
      [499, true],
      [500, false],
      [599, false],
    ] as const) {
      for (const body of ["", "{}", "[]", "null", "<html>Bad gateway</html>", '{"error":null}']) {
        proxy.calm();
        proxy.strike({ fault: { kind: "answer", status, body } });
        const { outcome, thrown } = await endingOf(harness.read(system, context()));
        const isRetryable = retryable.includes(outcome.category);
        must(outcome.category !== "ok" && isRetryable === !isFinal, {
          says: `A read that is answered ${status} with ${body === "" ? "no body" : body} is ${isFinal ? "final" : "worth a retry"}, and ended in ${outcome.category}.`,
          path: "error.category",
          expected: isFinal ? "a final category" : "transient",
          received: outcome.category,
          cause: thrown,
        });
      }
    }
  },
};

/** Real time a call may still take after its end was asked for. */
const graceMs = 1_000;

export const hungPeerIsLeft: ConformanceCheck = {
  id: 37,
  chapter,
  title: "A hung peer is given up on at the deadline, and a caller who cancels is obeyed at once",
  needs: [],
  why: "HubSpot's SDK has no time-out, jsforce's is half an hour. The activity times out above it, and the socket stays.",
  fix: "Pass `context.signal` and the time left to the request; `createHttpClient` does both.",
  async run(bench) {
    const late = await bench.warm();
    late.proxy.strike({ fault: { kind: "hang" } });
    const deadline = late.clock.now() + 100;
    const given = late.harness.read(late.system, late.context({ deadline }));
    await expectCategory(
      "A hung read with 100 ms left",
      within("its deadline", given),
      "transient",
    );
    const { harness, proxy, system, context } = await bench.warm();
    proxy.strike({ fault: { kind: "hang" } });
    const stop = new AbortController();
    const canceled = harness.read(system, context({ signal: stop.signal }));
    canceled.catch(() => undefined);
    await waitUntil(() => proxy.requests.length === 1);
    stop.abort(new Error("canceled"));
    await expectCategory("A canceled read", within("its cancellation", canceled), "transient");
  },
};

async function within<T>(what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<"too long">((resolve) => {
    timer = setTimeout(() => resolve("too long"), graceMs + 100);
  });
  const ended = await Promise.race([work, tooLong]).finally(() => clearTimeout(timer));
  must(ended !== "too long", {
    says: `The call went on for more than ${graceMs} ms after ${what}.`,
    path: "context",
  });
  return ended;
}

export const brokenAnswerIsNoAnswer: ConformanceCheck = {
  id: 38,
  chapter,
  title:
    "Truncated JSON or a page of HTML with status 200 is transient on a read, of unknown outcome on a write",
  needs: [],
  why: "A proxy's error page with status 200 has been stored as an empty list of deals.",
  fix: "Read every answer with `readJsonAnswer`, telling it whether the request was a write.",
  async run(bench) {
    for (const kind of ["html", "truncated-json"] as const) {
      const { harness, proxy, system, context } = await bench.warm();
      proxy.strike({ fault: { kind }, times: 1 });
      await expectCategory(
        `A read answered with ${kind}`,
        harness.read(system, context()),
        "transient",
      );
      proxy.calm();
      proxy.strike({ when: harness.isWrite, fault: { kind }, times: 1 });
      const writing = harness.write(system, context());
      await endingOf(writing);
      // A vendor may answer a write without a body (204): then there is nothing to cut off.
      const struck = proxy.requests.find(harness.isWrite);
      if (kind === "truncated-json" && struck?.answer?.body === "") continue;
      await expectCategory(`A write answered with ${kind}`, writing, "outcome_unknown");
    }
  },
};
