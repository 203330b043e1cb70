import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { scramVerifier } from "./scram-verifier.ts";

describe("scramVerifier", () => {
  it("is what PostgreSQL would store: a proof by the password checks out against it, by another not", () => {
    const verifier = scramVerifier("correct horse battery");
    const [, salt, storedKey] = /^SCRAM-SHA-256\$4096:([^$]+)\$([^:]+):(.+)$/.exec(verifier) ?? [];
    const storedKeyOf = (password: string) => {
      const salted = pbkdf2Sync(password, Buffer.from(salt ?? "", "base64"), 4096, 32, "sha256");
      const clientKey = createHmac("sha256", salted).update("Client Key").digest();
      return createHash("sha256").update(clientKey).digest("base64");
    };
    expect(storedKeyOf("correct horse battery")).toBe(storedKey);
    expect(storedKeyOf("wrong horse battery")).not.toBe(storedKey);
    expect(scramVerifier("correct horse battery")).not.toBe(verifier);
  });

  it.each(["", "short", "with\nnewline!", "pässword-with-umlaut", "x".repeat(201)])(
    "refuses %j, without repeating it",
    (password) => {
      expect(() => scramVerifier(password)).toThrow(/8 to 200 printable ASCII/);
      if (password !== "") expect(() => scramVerifier(password)).not.toThrow(password);
    },
  );
});
