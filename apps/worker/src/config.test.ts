import { describe, expect, it } from "vitest";
import { readConfig } from "./config.ts";

const key = Buffer.alloc(32, 1).toString("base64");
const complete = {
  DATABASE_URL: "postgres://usher_app:x@127.0.0.1:5432/usher",
  USHER_PAYLOAD_KEYS: `k1:${key}`,
  USHER_KEY_ENCRYPTION_KEY: key,
  USHER_PUBLIC_URL: "http://127.0.0.1:8700/",
};

describe("readConfig", () => {
  it("needs four values and has a default for every other", () => {
    const config = readConfig(complete);
    expect(config).toMatchObject({
      publicUrl: "http://127.0.0.1:8700",
      intervals: { pollMs: 30_000, announcementsMs: 120_000, featuresMs: 300_000 },
      temporal: { address: "127.0.0.1:7233", taskQueuePrefix: "usher" },
    });
  });

  it("names everything that is missing or wrong at once, and no value", () => {
    const wrong = { ...complete, USHER_KEY_ENCRYPTION_KEY: "c2hvcnQ=", DATABASE_POOL_SIZE: "none" };
    const { DATABASE_URL: _, ...incomplete } = wrong;
    expect(() => readConfig(incomplete)).toThrow(/DATABASE_URL[\s\S]*POOL_SIZE[\s\S]*32 bytes/);
    expect(() => readConfig(incomplete)).not.toThrow("c2hvcnQ");
  });
});
