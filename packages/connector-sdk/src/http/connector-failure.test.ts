import { describe, expect, it } from "vitest";
import { connectorFailure } from "./connector-failure.ts";

const message = (text: string) =>
  connectorFailure({ category: "validation", message: text }).detail.message;

describe("the message of a failure", () => {
  it("ends as a sentence, also where a vendor's own words do not", () => {
    expect(message("Stripe says: no such price")).toBe("Stripe says: no such price.");
    expect(message("Is it there?")).toBe("Is it there?");
    expect(message("It says “no.”")).toBe("It says “no.”");
  });

  it("is cut in its middle where it quotes something endless, never through an emoji", () => {
    const long = message(`Order ${"🚀".repeat(5_000)} is refused. Change its name.`);
    expect(Array.from(long).length).toBeLessThan(1_600);
    expect(long).toMatch(/^Order 🚀.* … .*🚀 is refused\. Change its name\.$/u);
  });
});
