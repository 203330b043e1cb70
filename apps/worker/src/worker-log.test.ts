import { describe, expect, it } from "vitest";
import { createWorkerLog } from "./worker-log.ts";

describe("createWorkerLog", () => {
  it("never writes a secret or a person's address, wherever it stands", () => {
    const lines: string[] = [];
    const log = createWorkerLog({
      level: "info",
      destination: { write: (line) => lines.push(line) },
    });
    log.info(
      { token: "hush", call: { password: "hush", headers: { authorization: "hush" } } },
      "a",
    );
    log.error({ connection: { secrets: { key: "hush" } }, approver: { email: "hush" } }, "b");
    expect(lines).toHaveLength(2);
    expect(lines.join("")).not.toContain("hush");
  });
});
