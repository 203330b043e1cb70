import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { verifyTimestampedSignature } from "./verify-timestamped-signature.ts";

const nowMs = 1_795_000_000_000;
const nowS = nowMs / 1000;
const rawBody = new TextEncoder().encode('{"amount":12.50,"name":"Ä"}');

function sign(input: { secret: string; timestamp?: number; body?: Uint8Array }): string {
  const { secret, timestamp = nowS, body = rawBody } = input;
  const digest = createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest("hex");
  return `t=${timestamp},v1=${digest}`;
}

function verify(header: string | undefined, secrets = ["whsec_new", "whsec_old"], body = rawBody) {
  const verdict = verifyTimestampedSignature({ header, rawBody: body, secrets, nowMs });
  return verdict.verified ? "verified" : verdict.because;
}

describe("verifyTimestampedSignature", () => {
  it("takes a good signature of either secret while one is rotated", () => {
    expect(verify(sign({ secret: "whsec_new" }))).toBe("verified");
    expect(verify(sign({ secret: "whsec_old" }))).toBe("verified");
  });

  it("takes one good signature among several", () => {
    const header = `${sign({ secret: "whsec_gone" })},v1=${sign({ secret: "whsec_new" }).split("v1=")[1]},v0=ab`;
    expect(verify(header)).toBe("verified");
  });

  it("refuses another secret", () => {
    expect(verify(sign({ secret: "whsec_other" }))).toBe("invalid");
  });

  it("refuses a body of which one byte was changed", () => {
    const changed = Uint8Array.from(rawBody);
    changed[3] = (changed[3] ?? 0) ^ 1;
    expect(verify(sign({ secret: "whsec_new" }), undefined, changed)).toBe("invalid");
  });

  it("refuses a body that was parsed and written again", () => {
    const rewritten = new TextEncoder().encode(
      JSON.stringify(JSON.parse(new TextDecoder().decode(rawBody))),
    );
    expect(verify(sign({ secret: "whsec_new" }), undefined, rewritten)).toBe("invalid");
  });

  it("takes a timestamp exactly 300 s away and refuses 301 s, on both sides", () => {
    expect(verify(sign({ secret: "whsec_new", timestamp: nowS - 300 }))).toBe("verified");
    expect(verify(sign({ secret: "whsec_new", timestamp: nowS + 300 }))).toBe("verified");
    expect(verify(sign({ secret: "whsec_new", timestamp: nowS - 301 }))).toBe("stale");
    expect(verify(sign({ secret: "whsec_new", timestamp: nowS + 301 }))).toBe("future");
  });

  it("does not tell an outsider that a forged timestamp was too old", () => {
    expect(verify(sign({ secret: "whsec_other", timestamp: nowS - 9_999 }))).toBe("invalid");
  });

  it.each([undefined, "", "  "])("calls header %j missing", (header) => {
    expect(verify(header)).toBe("missing");
  });

  it.each(["t=1", "v1=ab", "t=abc,v1=00", "t=1,v1=zz", "garbage", "t=,v1="])(
    "calls header %j invalid",
    (header) => {
      expect(verify(header)).toBe("invalid");
    },
  );

  it("never verifies with an empty secret, and not without secrets", () => {
    expect(verify(sign({ secret: "" }), ["", " "])).toBe("invalid");
    expect(verify(sign({ secret: "whsec_new" }), [])).toBe("invalid");
  });
});
