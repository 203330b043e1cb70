import { describe, expect, it } from "vitest";
import { createStripeConnector } from "./stripe-connector.ts";
import { stripeKey } from "./stripe-key.ts";
import { productId } from "./stripe-products.ts";

describe("stripeKey", () => {
  it("is the same for the same step, and never too long for Stripe", () => {
    expect(stripeKey("order", 1, "bill")).toBe("order:1:bill");
    const [one, other] = [stripeKey("x".repeat(300), 1), stripeKey("x".repeat(300), 2)];
    expect(one.length).toBeLessThanOrEqual(255);
    expect(one).not.toBe(other);
    expect(one).toBe(stripeKey("x".repeat(300), 1));
    expect(stripeKey("ü😀 order")).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("productId", () => {
  it("follows from the sku alone, and differs where the sku does", () => {
    expect(productId("GTX-PRO_1")).toBe("usher_GTX-PRO_1");
    const ids = ["a b", "a/b", "a?b", "ä", "x".repeat(61), "x".repeat(62)].map(productId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^usher_[\w-]+$/);
  });
});

describe("a Stripe connection's configuration", () => {
  const connect = (config: unknown) => () =>
    createStripeConnector().connect({ connectionId: "con_1", config }, { fetch, now: Date.now });

  it("connects without making a call", () => {
    expect(connect({ apiKey: "sk_test_1234" })().billing).not.toBeNull();
  });

  it.each([
    ["apiKey", { apiKey: "canary" }],
    ["apiKey", {}],
    ["baseUrl", { apiKey: "sk_test_1234", baseUrl: "http://api.stripe.com" }],
    ["daysUntilDue", { apiKey: "sk_test_1234", daysUntilDue: -1 }],
    ["extra", { apiKey: "sk_test_1234", extra: 1 }],
  ])("names %s when it is wrong, and never shows a secret", (field, config) => {
    expect(connect(config)).toThrow(
      expect.objectContaining({
        detail: expect.objectContaining({
          category: "config",
          message: expect.stringContaining(field),
        }),
        message: expect.not.stringContaining("canary"),
      }),
    );
  });
});
