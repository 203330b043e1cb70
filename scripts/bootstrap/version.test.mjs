import { describe, expect, it } from "vitest";
import { isAtLeast } from "./version.mjs";

describe("isAtLeast", () => {
  it.each([
    ["v24.21.0", "24.12.0", true],
    ["v24.12.0", "24.12.0", true],
    ["v24.9.0", "24.12.0", false],
    ["v20.20.2", "24.12.0", false],
    ["v26.0.0", "24.12.0", true],
    ["temporal version 1.10.0 (Server 1.33.0, UI 2.60.0)", "1.9.1", true],
    ["temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)", "1.9.1", false],
    ["command not found", "1.9.1", false],
  ])("%s against %s: %s", (found, wanted, answer) => {
    expect(isAtLeast(found, wanted)).toBe(answer);
  });
});
