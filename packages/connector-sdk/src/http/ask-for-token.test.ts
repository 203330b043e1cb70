import { describe, expect, it } from "vitest";
import { z } from "zod";
import { outcomeOf } from "../testing/outcome-of.ts";
import { askForToken } from "./ask-for-token.ts";
import { createHttpClient } from "./http-client.ts";

function asked(answer: Response) {
  const origin = "https://vendor.example";
  const http = createHttpClient({
    allowed: { origins: [origin], patterns: [] },
    limits: { concurrentCallsMax: 1, timeoutMsMax: 1_000, answerBytesMax: 10_000 },
    fetch: () => Promise.resolve(answer),
    now: Date.now,
  });
  return outcomeOf(
    askForToken({
      http,
      now: Date.now,
      log: () => undefined,
      url: `${origin}/token`,
      form: { grant_type: "client_credentials" },
      schema: z.looseObject({ access_token: z.string() }),
      what: "Asking Acme for an access token",
      refusal: () => ({ message: "Acme refuses. Check the client id.", vendorCode: "bad" }),
    }),
  );
}

describe("a token that is not given", () => {
  it.each([400, 401, 403])(
    "is the credentials' fault where the server refuses: %i",
    async (status) => {
      expect(await asked(new Response("{}", { status }))).toMatchObject({
        category: "auth_invalid",
        vendorCode: "bad",
      });
    },
  );

  it.each([
    [404, "not_found"],
    [408, "transient"],
    [425, "transient"],
    [429, "rate_limited"],
    [500, "transient"],
    [503, "transient"],
  ] as const)(
    "is nobody's credentials' where something else is the matter: %i",
    async (status, category) => {
      expect(await asked(new Response("{}", { status }))).toMatchObject({ category });
    },
  );
});
