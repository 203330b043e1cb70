import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { hubKeyEncryptionKey } from "./connection-secrets.ts";
import { generateSigningKey } from "./signing-key.ts";
import { openSigningKey, sealSigningKey } from "./stored-signing-key.ts";

const kek = hubKeyEncryptionKey(randomBytes(32));

it("a sealed signing key opens to the same key, and to nothing under another name or key", () => {
  const key = generateSigningKey();
  const stored = sealSigningKey({ key, kek });
  expect(openSigningKey({ stored, keks: [kek] }).publicJwk).toEqual(key.publicJwk);
  expect(() =>
    openSigningKey({ stored: { ...stored, kid: generateSigningKey().kid }, keks: [kek] }),
  ).toThrow();
  expect(() => openSigningKey({ stored, keks: [hubKeyEncryptionKey(randomBytes(32))] })).toThrow();
});
