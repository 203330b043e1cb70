import { describe, expect, it } from "vitest";
import { isAllowedUrl } from "./allowed-hosts.ts";

const allowed = {
  origins: ["http://127.0.0.1:4010"],
  patterns: ["api.stripe.com", "*.salesforce.com"],
};

describe("isAllowedUrl", () => {
  it.each([
    "http://127.0.0.1:4010/services/data",
    "https://api.stripe.com/v1/customers",
    "https://acme.my.salesforce.com/services",
  ])("lets %s through", (url) => {
    expect(isAllowedUrl({ url: new URL(url), allowed })).toBe(true);
  });

  it.each([
    "http://127.0.0.1:4011/",
    "http://api.stripe.com/",
    "https://api.stripe.com:8443/",
    "https://api.stripe.com.evil.example/",
    "https://salesforce.com/",
    "https://evilsalesforce.com/",
    "https://acme.my.salesforce.com@evil.example/",
    "file:///etc/passwd",
  ])("refuses %s", (url) => {
    expect(isAllowedUrl({ url: new URL(url), allowed })).toBe(false);
  });
});
