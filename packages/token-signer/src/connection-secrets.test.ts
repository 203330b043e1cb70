import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  hubKeyEncryptionKey,
  openConnectionSecrets,
  sealConnectionSecrets,
} from "./connection-secrets.ts";

const secrets = { config: { clientSecret: "s3cret" }, webhookSecrets: ["old", "new"] };

describe("connection secrets", () => {
  it("come back as they were, by any process that has the key", () => {
    const key = randomBytes(32);
    const sealed = sealConnectionSecrets({ secrets, kek: hubKeyEncryptionKey(key) });
    expect(
      openConnectionSecrets({ sealed, keks: [hubKeyEncryptionKey(Buffer.from(key))] }),
    ).toEqual(secrets);
    expect(sealed.includes("s3cret")).toBe(false);
  });

  it("do not open under another key, and the refusal names no secret", () => {
    const sealed = sealConnectionSecrets({ secrets, kek: hubKeyEncryptionKey(randomBytes(32)) });
    expect(() =>
      openConnectionSecrets({ sealed, keks: [hubKeyEncryptionKey(randomBytes(32))] }),
    ).toThrow(/not configured/);
  });
});
