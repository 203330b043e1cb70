import { expect, it } from "vitest";
import { published } from "../testing/a-catalog.ts";
import { resolveProduct } from "./resolve-product.ts";

function resolve(productCode: string, { system = "salesforce", productName = "" } = {}) {
  const product = resolveProduct({ catalog: published(), system, productCode, productName });
  return product.found ? product.offering.sku : { suggestion: product.suggestion?.sku ?? null };
}

it("by sku, then by the system's alias", () => {
  expect(resolve("GTX-PRO")).toBe("GTX-PRO");
  expect(resolve("PRO-OLD")).toBe("GTX-PRO");
  expect(resolve("PRO-OLD", { system: "hubspot" })).toEqual({ suggestion: null });
});

it("a product without a code is looked for by its name, to the letter", () => {
  expect(resolve("", { productName: "GTX-BASIC" })).toBe("GTX-BASIC");
  expect(resolve("", { productName: "GTX Basic" })).toEqual({ suggestion: "GTX-BASIC" });
});

it("near is never taken for the same: it is only suggested", () => {
  for (const code of ["gtx-pro", "GTXPro", "GTX Pro", "GTX_PRO", "GXT-PR0".replace("XT", "TX")]) {
    expect(resolve(code), code).toEqual({ suggestion: "GTX-PRO" });
  }
  for (const code of ["MG Special", "", "GTX", "x".repeat(100_000)]) {
    expect(resolve(code), code.slice(0, 20)).toEqual({ suggestion: null });
  }
});
