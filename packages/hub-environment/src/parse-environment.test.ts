import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { z } from "zod";
import { hubVariables, toHubSettings } from "./hub-variables.ts";
import { parseEnvironment } from "./parse-environment.ts";

const key = Buffer.alloc(32, 7).toString("base64");
const complete = {
  DATABASE_URL: "postgres://usher_app:secret@127.0.0.1/usher",
  USHER_PAYLOAD_KEYS: `one:${key}`,
  USHER_KEY_ENCRYPTION_KEY: key,
  USHER_PUBLIC_URL: "https://hub.example/",
};
const read = (environment: NodeJS.ProcessEnv) =>
  parseEnvironment({ of: "the test", schema: z.object(hubVariables), environment });

it("a complete environment needs only what has no sensible default", () => {
  const settings = toHubSettings(read(complete));
  expect(settings).toMatchObject({
    publicUrl: "https://hub.example",
    temporal: { address: "127.0.0.1:7233", namespace: "default", apiKey: undefined },
  });
  expect(settings.keyEncryptionKeys).toHaveLength(1);
  expect(settings.keyEncryptionKeys[0]).toHaveLength(32);
});

it("every missing or wrong variable is named at once, and no value is repeated", () => {
  const wrong = {
    ...complete,
    DATABASE_URL: undefined,
    USHER_KEY_ENCRYPTION_KEY: "c2hvcnQ=",
    USHER_PUBLIC_URL: "not a url",
  };
  const message = messageOf(() => read(wrong));
  expect(message).toContain("The environment of the test is not complete");
  for (const name of ["DATABASE_URL", "USHER_KEY_ENCRYPTION_KEY", "USHER_PUBLIC_URL"])
    expect(message).toContain(name);
  expect(message).not.toContain("c2hvcnQ");
  expect(message).not.toContain("not a url");
});

it("an empty variable counts as left out", () => {
  expect(
    toHubSettings(read({ ...complete, TEMPORAL_API_KEY: "" })).temporal.apiKey,
  ).toBeUndefined();
});

it("a secret may come from a file; older key-encryption keys stand behind the one that seals", () => {
  const folder = mkdtempSync(join(tmpdir(), "usher-environment-"));
  try {
    const file = join(folder, "kek");
    const older = Buffer.alloc(32, 8).toString("base64");
    writeFileSync(file, `${key}\n${older}\n`);
    const { USHER_KEY_ENCRYPTION_KEY: _, ...rest } = complete;
    const settings = toHubSettings(read({ ...rest, USHER_KEY_ENCRYPTION_KEY_FILE: file }));
    expect(settings.keyEncryptionKeys.map((one) => one[0])).toEqual([7, 8]);
    expect(messageOf(() => read({ ...complete, USHER_KEY_ENCRYPTION_KEY_FILE: file }))).toMatch(
      /given twice/,
    );
    const away = { ...rest, USHER_KEY_ENCRYPTION_KEY_FILE: join(folder, "none") };
    expect(messageOf(() => read(away))).toMatch(/USHER_KEY_ENCRYPTION_KEY_FILE: .*ENOENT/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("Nothing was thrown.");
}
