import { describe, expect, it } from "vitest";
import { createRedactor } from "./redact.ts";

const json = (value: unknown) => ({ text: JSON.stringify(value), type: "application/json" });

describe("a redactor", () => {
  it("takes out what a name says is secret, at any depth", () => {
    const redactor = createRedactor();
    const body = {
      access_token: "canary-1",
      settings: [{ clientSecret: "canary-2", "X-Api-Key": "canary-3" }, { password: "canary-4" }],
      tokens: ["canary-5a", "canary-5b"],
    };
    expect(JSON.stringify(redactor.body(json(body)))).not.toContain("canary");
  });

  it("takes a secret out wherever it is repeated, also before it was known within one body", () => {
    const redactor = createRedactor();
    redactor.headers({ authorization: "Bearer canary-of-the-header" });
    const shown = redactor.body(
      json({
        note: "uses canary-of-the-body twice",
        token: "canary-of-the-body",
        echo: "canary-of-the-header",
      }),
    );
    expect(JSON.stringify(shown)).not.toContain("canary");
    expect(redactor.path("/v1/canary-of-the-body/x")).toBe("/v1/(redacted)/x");
  });

  it.each([
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl",
    "sk_live_51Habcdefgh",
    "whsec_abcdefghijkl",
    "ghp_abcdefghijklmnop",
    "xoxb-1234567890-abc",
    "AKIAABCDEFGHIJKLMNOP",
    "pat-na1-1111-2222-3333",
    "00D000000000001!AQEAQabcdefg",
    "-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----",
  ])("knows %s by its looks, in free text", (secret) => {
    expect(createRedactor().text(`see ${secret} here`)).not.toContain(secret.slice(4, 20));
  });

  it("makes up the same address for the same person", () => {
    const redactor = createRedactor();
    const shown = redactor.body(
      json({
        owner: { email: "Ada@Seller.example" },
        note: "ask ada@seller.example or bo@x.example",
      }),
    );
    expect(shown).toEqual({
      owner: { email: "person-1@example.com" },
      note: "ask person-1@example.com or person-2@example.com",
    });
  });

  it("takes out queries, forms and the credentials of a URL", () => {
    const redactor = createRedactor();
    expect(redactor.path("/x?code=canary-1&page=2")).toBe("/x?code=(redacted)&page=2");
    const type = "application/x-www-form-urlencoded";
    expect(redactor.body({ text: "client_secret=canary-2&scope=a", type })).toEqual({
      client_secret: "(redacted)",
      scope: "a",
    });
    expect(redactor.text("https://me:canary-3@host/x")).toBe("https://(redacted)@host/x");
  });

  it("keeps amounts as they were written, and everything else", () => {
    const redactor = createRedactor();
    const text = '{"amount":12345678901234567890.10,"ok":true,"none":null,"rows":[1.50]}';
    expect(JSON.stringify(redactor.body({ text, type: "application/json" }))).toBe(text);
  });

  it("tells of a body that it cannot read by type and length only", () => {
    const shown = createRedactor().body({ text: "<html>canary</html>", type: "text/html" });
    expect(shown).toBe("(text/html, 19 characters)");
  });
});
