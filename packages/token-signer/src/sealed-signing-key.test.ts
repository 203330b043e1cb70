import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { openSigningKey, sealSigningKey } from "./sealed-signing-key.ts";
import { generateSigningKey } from "./signing-key.ts";

const kek = { id: "kek", key: randomBytes(32) };

describe("sealSigningKey", () => {
  it("gives the same key back", () => {
    const key = generateSigningKey();
    const opened = openSigningKey({
      kid: key.kid,
      sealed: sealSigningKey({ key, kek }),
      keks: [kek],
    });
    expect(opened.publicJwk).toEqual(key.publicJwk);
  });

  it("does not open under another key's name", () => {
    const [one, other] = [generateSigningKey(), generateSigningKey()];
    const sealed = sealSigningKey({ key: one, kek });
    expect(() => openSigningKey({ kid: other.kid, sealed, keks: [kek] })).toThrow(other.kid);
  });
});
