import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { parsePayloadKeys } from "./payload-keys.ts";

const secret = randomBytes(32).toString("base64");

describe("parsePayloadKeys", () => {
  it("takes the first key as the one that encrypts", () => {
    const keys = parsePayloadKeys(`new:${secret}, old:${secret}`);
    expect(keys.map((key) => key.id)).toEqual(["new", "old"]);
  });

  it.each([
    ["nothing", "", /at least one/],
    ["a key without an id", secret, /form id:base64/],
    ["a short key", "k:AAAA", /has 3 bytes/],
    ["one id twice", `k:${secret},k:${secret}`, /same id/],
  ])("refuses %s with what is wrong", (_, text, message) => {
    expect(() => parsePayloadKeys(text)).toThrow(message);
  });

  it("never prints a key", () => {
    const short = Buffer.from("hush").toString("base64");
    expect(() => parsePayloadKeys(`k:${short}`)).not.toThrow(short);
  });
});
