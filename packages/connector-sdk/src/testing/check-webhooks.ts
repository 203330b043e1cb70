import { expect, it } from "vitest";
import type { InboundRequest } from "../spec/webhook.ts";
import type { ConformanceRun } from "./conformance-run.ts";

const secret = "whsec_current";
const oldSecret = "whsec_previous";
const nowMs = 1_795_000_000_000;
const nowS = nowMs / 1000;

/** The verification table (39): every row must hold. */
export function checkWebhooks(run: ConformanceRun): void {
  it("a genuine request is verified, with either secret while one is rotated (39)", async () => {
    const { verify, sign } = await webhooksOf(run);
    for (const used of [secret, oldSecret]) {
      const verdict = verify(sign({ secret: used, timestamp: nowS }));
      expect(verdict).toMatchObject({
        verified: true,
        events: [{ eventId: expect.stringMatching(/.+/), type: expect.stringMatching(/.+/) }],
      });
    }
  });

  it("the same request names the same event id: a duplicate acts once (40)", async () => {
    const { verify, sign } = await webhooksOf(run);
    const request = sign({ secret, timestamp: nowS });
    const [first, second] = [verify(request), verify(request)];
    expect(first).toEqual(second);
  });

  it.each([
    [
      "an altered byte",
      (request: InboundRequest) => ({ ...request, rawBody: flipped(request.rawBody) }),
      "invalid",
    ],
    [
      "an appended byte",
      (request: InboundRequest) => ({ ...request, rawBody: appended(request.rawBody) }),
      "invalid",
    ],
    ["a missing header", (request: InboundRequest) => ({ ...request, headers: {} }), "missing"],
  ] as const)("%s is refused (39)", async (_, change, because) => {
    const { verify, sign } = await webhooksOf(run);
    expect(verify(change(sign({ secret, timestamp: nowS })))).toMatchObject({
      verified: false,
      because,
    });
  });

  it.each([
    ["another secret", "whsec_other", nowS, "invalid"],
    ["a timestamp 301 s old", secret, nowS - 301, "stale"],
    ["a timestamp 301 s ahead", secret, nowS + 301, "future"],
    ["a timestamp 30 days ahead", secret, nowS + 30 * 86_400, "future"],
  ])("%s is refused (39)", async (_, used, timestamp, because) => {
    const { verify, sign } = await webhooksOf(run);
    expect(verify(sign({ secret: used, timestamp }))).toMatchObject({ verified: false, because });
  });

  it("a header that is no signature is refused, never thrown on (39)", async () => {
    const { verify, sign, harness } = await webhooksOf(run);
    const request = sign({ secret, timestamp: nowS });
    for (const header of ["", "t=", "v1=", "t=1", "t=x,v1=y", "💥", "t=1,v1=", ",,,,"]) {
      const headers = { ...request.headers, [harness.signatureHeader]: header };
      expect(verify({ ...request, headers }).verified).toBe(false);
    }
  });
}

async function webhooksOf(run: ConformanceRun) {
  const { harness, system } = await run.warm();
  const { webhooks } = system;
  const peer = harness.webhooks;
  if (webhooks === null || peer === undefined) throw new Error("webhook checks need a receiver");
  return {
    harness: peer,
    sign: peer.sign,
    verify: (request: InboundRequest) =>
      webhooks.verify({ request, secrets: [secret, oldSecret], nowMs }),
  };
}

function flipped(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 1;
  return copy;
}

function appended(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from([...bytes, 0x20]);
}
