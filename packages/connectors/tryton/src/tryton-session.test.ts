import { createHttpClient } from "@usher/connector-sdk/http";
import { isConnectorError } from "@usher/connector-sdk/spec";
import { expect, it } from "vitest";
import { trytonConfig } from "./tryton-config.ts";
import { createTrytonSessions } from "./tryton-session.ts";

/** Sessions before a server that counts, with a clock that is set by hand. */
function sessionsBefore(answer: () => Response) {
  const config = trytonConfig.parse({
    baseUrl: "http://127.0.0.1:9",
    database: "erp",
    user: "usher",
    password: "wrong",
  });
  const clock = { nowMs: 1_000_000 };
  let logIns = 0;
  const http = createHttpClient({
    allowed: { origins: [config.baseUrl], patterns: [] },
    limits: { concurrentCallsMax: 4, timeoutMsMax: 5_000, answerBytesMax: 1_000_000 },
    now: () => clock.nowMs,
    fetch: async () => {
      logIns += 1;
      return answer();
    },
  });
  const sessions = createTrytonSessions({ config, http, now: () => clock.nowMs });
  const attempt = async () => {
    try {
      await sessions.current(() => undefined);
      return "ok";
    } catch (error) {
      if (!isConnectorError(error)) throw error;
      return error.detail.category;
    }
  };
  return { attempt, clock, countLogIns: () => logIns };
}

const minutes = 60_000;

it("a wrong password is tried once in a quarter of an hour, so that the lock-out at the seventh is never reached", async () => {
  const { attempt, clock, countLogIns } = sessionsBefore(() => new Response("", { status: 401 }));
  const outcomes = [];
  for (let minute = 0; minute < 60; minute += 1) {
    outcomes.push(await attempt());
    clock.nowMs += minutes;
  }
  expect(new Set(outcomes)).toEqual(new Set(["auth_invalid"]));
  expect(countLogIns()).toBe(4);
});

it("a locked account is left alone until its lock has run out, since each try makes it last longer", async () => {
  const { attempt, clock, countLogIns } = sessionsBefore(() => new Response("", { status: 429 }));
  expect(await attempt()).toBe("rate_limited");
  clock.nowMs += 5 * minutes;
  expect(await attempt()).toBe("rate_limited");
  expect(countLogIns()).toBe(1);
  clock.nowMs += 2 * minutes;
  await attempt();
  expect(countLogIns()).toBe(2);
});

it("a server that is ill is asked again at the next call: it says nothing about the password", async () => {
  let status = 503;
  const { attempt, countLogIns } = sessionsBefore(() =>
    status === 200
      ? new Response('{"id":1,"result":[1,"token",null]}', { status })
      : new Response("", { status }),
  );
  expect(await attempt()).toBe("transient");
  status = 200;
  expect(await attempt()).toBe("ok");
  expect(countLogIns()).toBe(2);
});
