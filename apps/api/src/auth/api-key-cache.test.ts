import { hash } from "node:crypto";
import type { FoundApiKey } from "@usher/database";
import { describe, expect, it } from "vitest";
import { createApiKeyCache } from "./api-key-cache.ts";

/** Well-formed: its last six characters are the checksum of the others. */
const token = `usher_sk_test_${"0".repeat(43)}0LYaT0`;
const found = {
  id: "key_1",
  tenantId: "ten_1",
  userId: null,
  scopes: ["check"],
  expiresAt: null,
  revokedAt: null,
} as unknown as FoundApiKey;

/** A cache whose database answers when the test lets it. */
function aCache() {
  let clock = 0;
  const questions: { answer: (key: FoundApiKey | null) => void; fail: () => void }[] = [];
  const cache = createApiKeyCache({
    directory: {
      findApiKey: () =>
        new Promise((resolve, reject) => {
          questions.push({ answer: resolve, fail: () => reject(new Error("away")) });
        }),
    },
    clock: () => clock,
  });
  const find = (isCheck: boolean) => cache.find({ token, now: clock, isCheck });
  return {
    cache,
    questions,
    find,
    later: (ms: number) => {
      clock += ms;
    },
    known: async () => {
      const first = find(true);
      questions[0]?.answer(found);
      await first;
    },
  };
}

describe("a key that was good", () => {
  it("goes on being good for checks while the database hangs, and keeps them waiting only a moment", async () => {
    const { find, known, later } = aCache();
    await known();
    later(5_000);
    expect((await find(true)).keyId).toBe("key_1");
  });

  it("is asked about once, however many requests wait for the answer", async () => {
    const { find, known, later, questions } = aCache();
    await known();
    later(5_000);
    const waiting = [find(false), find(false), find(true)];
    expect(questions).toHaveLength(2);
    questions[1]?.answer(found);
    expect(await Promise.all(waiting)).toHaveLength(3);
  });

  it("is asked about anew once it was changed, though an older question is still on its way", async () => {
    const { cache, find, known, later, questions } = aCache();
    await known();
    later(5_000);
    const before = find(false);
    cache.forget(hash("sha256", token));
    const after = find(false);
    questions[1]?.answer(found);
    questions[2]?.answer({ ...found, revokedAt: 1 } as unknown as FoundApiKey);
    await before;
    await expect(after).rejects.toMatchObject({ code: "revoked_api_key" });
  });

  it("is not taken for anything but checks while the database is away", async () => {
    const { find, known, later, questions } = aCache();
    await known();
    later(5_000);
    const write = find(false);
    questions[1]?.fail();
    await expect(write).rejects.toMatchObject({ code: "not_ready" });
  });
});
