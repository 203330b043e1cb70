import { createCipheriv, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  keyEncryptionKey,
  openSecret,
  resealSecret,
  sealedBy,
  sealSecret,
} from "./sealed-secret.ts";

const kek = { id: "2027-01", key: randomBytes(32) };
const purpose = "signing-key:abc";
const plaintext = Buffer.from("very secret");

describe("a sealed secret", () => {
  it("opens to what was sealed, also beside other keys after a rotation", () => {
    const sealed = sealSecret({ plaintext, kek, purpose });
    const keks = [{ id: "2028-01", key: randomBytes(32) }, kek];
    expect(openSecret({ sealed, keks, purpose })).toEqual(plaintext);
    expect(sealedBy(sealed)).toBe("2027-01");
  });

  it("holds nothing of the secret, and is never the same twice", () => {
    const one = sealSecret({ plaintext, kek, purpose });
    const other = sealSecret({ plaintext, kek, purpose });
    expect(one.includes(plaintext)).toBe(false);
    expect(one.equals(other)).toBe(false);
  });

  it("does not open in another one's place", () => {
    const sealed = sealSecret({ plaintext, kek, purpose });
    expect(() => openSecret({ sealed, keks: [kek], purpose: "connection:con_1" })).toThrow(
      /does not open/,
    );
  });

  it("does not open when a single bit differs or a byte is missing", () => {
    const sealed = sealSecret({ plaintext, kek, purpose });
    fc.assert(
      fc.property(fc.nat(sealed.length * 8 - 1), (bit) => {
        const altered = Buffer.from(sealed);
        altered[bit >> 3] = (altered[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(() => openSecret({ sealed: altered, keks: [kek], purpose })).toThrow();
      }),
      { numRuns: 400 },
    );
    for (let length = 0; length < sealed.length; length += 1) {
      const short = sealed.subarray(0, length);
      expect(() => openSecret({ sealed: short, keks: [kek], purpose })).toThrow();
    }
  });

  it("does not open without its key, and says which one it was", () => {
    const sealed = sealSecret({ plaintext, kek, purpose });
    expect(() => openSecret({ sealed, keks: [], purpose })).toThrow(/"2027-01"/);
    const impostor = { id: kek.id, key: randomBytes(32) };
    expect(() => openSecret({ sealed, keks: [impostor], purpose })).toThrow(/does not open/);
  });
});

describe("a new key encryption key", () => {
  const fresh = { id: "2028-01", key: randomBytes(32) };

  it("wraps the data key anew and leaves the content as it is; the old key is then of no use", () => {
    const sealed = sealSecret({ plaintext, kek, purpose });
    const resealed = resealSecret({ sealed, keks: [fresh, kek], purpose });
    expect(sealedBy(resealed)).toBe("2028-01");
    expect(openSecret({ sealed: resealed, keks: [fresh], purpose })).toEqual(plaintext);
    expect(() => openSecret({ sealed: resealed, keks: [kek], purpose })).toThrow(/2028-01/);
    const content = (bytes: Buffer) => bytes.subarray(bytes.length - plaintext.length - 28);
    expect(content(resealed)).toEqual(content(sealed));
  });

  it("takes over what was sealed before there were envelopes", () => {
    const head = Buffer.concat([Buffer.from([1, kek.id.length]), Buffer.from(kek.id)]);
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", kek.key, nonce);
    cipher.setAAD(Buffer.concat([head, Buffer.from(purpose)]));
    const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    const old = Buffer.concat([head, nonce, body, cipher.getAuthTag()]);
    expect(openSecret({ sealed: old, keks: [kek], purpose })).toEqual(plaintext);
    const resealed = resealSecret({ sealed: old, keks: [fresh, kek], purpose });
    expect(openSecret({ sealed: resealed, keks: [fresh], purpose })).toEqual(plaintext);
  });
});

describe("a key encryption key", () => {
  it("is 32 bytes in hex or base64, and nothing else", () => {
    const bytes = randomBytes(32);
    for (const encoding of ["hex", "base64", "base64url"] as const) {
      const read = keyEncryptionKey({ id: "k", text: bytes.toString(encoding) });
      expect(Buffer.from(read.key)).toEqual(bytes);
    }
    for (const text of ["", "secret", bytes.toString("hex").slice(2), "00".repeat(32)]) {
      expect(() => keyEncryptionKey({ id: "k", text })).toThrow(/k/);
    }
  });

  it("a mistake in it is told without repeating it", () => {
    const text = "correct horse battery staple";
    expect(() => keyEncryptionKey({ id: "k", text })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("horse") }),
    );
  });
});
