import {
  type CheckAnswer,
  checkEntitlement,
} from "../../../packages/entitlement-core/src/check/index.ts";
import { effectiveEntitlement } from "../../../packages/entitlement-core/src/entitlement/index.ts";
import type { Instant } from "../../../packages/entitlement-core/src/kernel/index.ts";
import { pinToCore } from "../processes/child.ts";
import { benchFeatures, type Question, randomQuestions } from "../rights/many-rights.ts";
import { type SeededRights, seedRights } from "../rights/seed-rights.ts";
import { type HubStage, startHubStage } from "../stage/hub-stage.ts";
import { type LoadClient, startLoadClient } from "./load-client.ts";

const customers = 2_000;
const questionCount = 10_000;
const comparedOneByOne = 400;

/** Servers share this core, one at work at a time; the load generator has the other. */
export const serverCore = 0;
const loadCore = 1;

/** A hub with 16,000 rights, a load generator, and the questions to ask. */
export interface CheckHttpStage {
  readonly hub: HubStage;
  readonly load: LoadClient;
  readonly headers: Readonly<Record<string, string>>;
  /** Bodies of `POST /v1/check`. */
  readonly bodies: readonly string[];
  /** An answer to one of the questions, of the length that half of them reach. */
  typicalAnswer(): Promise<string>;
  /** Holds answers of both routes to the check without a table; how many were compared. */
  compareWithOracle(path: "/v1/check" | "/v1/check/batch"): Promise<number>;
  stop(): Promise<void>;
}

export async function startCheckHttpStage(): Promise<CheckHttpStage> {
  const hub = await startHubStage({ hasWorker: false, hasVendors: false });
  try {
    const seeded = await seedRights({ hub, count: customers });
    const questions = randomQuestions({ customers: seeded.customers, count: questionCount });
    const load = await startLoadClient({ core: loadCore });
    await pinToCore({ pid: hub.apiPid, core: serverCore });
    const headers = {
      Authorization: `Bearer ${hub.operatorKey}`,
      "Content-Type": "application/json",
    };
    const ask = async (path: string, body: string) => {
      const response = await fetch(`${hub.baseUrl}${path}`, { method: "POST", headers, body });
      const text = await response.text();
      if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${text}`);
      return text;
    };
    const compareWithOracle = async (path: "/v1/check" | "/v1/check/batch") => {
      const asked = questions.slice(0, comparedOneByOne);
      const now = Date.now() as Instant;
      const answers =
        path === "/v1/check"
          ? (await askEach(asked, (question) => ask(path, bodyOf(question)))).map(
              (text) => JSON.parse(text) as WireAnswer,
            )
          : (JSON.parse(await ask(path, batchBody(asked.map(bodyOf)))) as { data: WireAnswer[] })
              .data;
      for (const [index, question] of asked.entries()) {
        compareOne({ question, answer: answers[index] as WireAnswer, seeded, now });
      }
      // A refusal has no breakdown, so it is half the work: most answers must be the whole of it.
      const allowed = answers.filter((answer) => answer.allowed).length;
      if (allowed < asked.length / 2)
        throw new Error(`Only ${allowed} of ${asked.length} questions are answered with yes.`);
      return asked.length;
    };
    return {
      hub,
      load,
      headers,
      bodies: questions.map(bodyOf),
      typicalAnswer: async () => {
        const asked = questions.slice(0, comparedOneByOne);
        const answers = await askEach(asked, (question) => ask("/v1/check", bodyOf(question)));
        const lengths = answers.toSorted((a, b) => a.length - b.length);
        return lengths[Math.floor(lengths.length / 2)] ?? "";
      },
      compareWithOracle,
      stop: async () => {
        await load.stop();
        await hub.stop();
      },
    };
  } catch (error) {
    await hub.stop();
    throw error;
  }
}

function bodyOf({ customer, feature }: Question): string {
  return JSON.stringify({ customer, feature, amount: 1, country: "DE" });
}

export function batchBody(bodies: readonly string[]): string {
  return `{"checks":[${bodies.join(",")}]}`;
}

interface WireAnswer {
  readonly allowed: boolean;
  readonly reason: string;
  readonly state: string;
  readonly limit: unknown;
  readonly remaining: unknown;
  readonly usage: number;
  readonly valid_until: string | null;
  readonly breakdown: readonly unknown[];
}

async function askEach(
  questions: readonly Question[],
  ask: (question: Question) => Promise<string>,
): Promise<readonly string[]> {
  const answers: string[] = [];
  for (const question of questions) answers.push(await ask(question));
  return answers;
}

function compareOne({
  question,
  answer,
  seeded,
  now,
}: {
  readonly question: Question;
  readonly answer: WireAnswer;
  readonly seeded: SeededRights;
  readonly now: Instant;
}): void {
  const expected = oracle({ question, seeded, now });
  const said = [answer.allowed, answer.reason, answer.state, answer.usage, answer.valid_until];
  const wanted = [
    expected.allowed,
    expected.reason,
    expected.state,
    expected.usage,
    expected.validUntil === null ? null : new Date(expected.validUntil).toISOString(),
  ];
  const figures = [answer.limit, answer.remaining, answer.breakdown.length];
  const wantedFigures = [
    wireLimit(expected.limit),
    wireLimit(expected.remaining),
    expected.breakdown.length,
  ];
  if (JSON.stringify([said, figures]) !== JSON.stringify([wanted, wantedFigures]))
    throw new Error(
      `Asked ${JSON.stringify(question)}, the API says ${JSON.stringify([said, figures])}, not ${JSON.stringify([wanted, wantedFigures])}.`,
    );
}

function wireLimit(limit: CheckAnswer["limit"]): number | string {
  return limit.kind === "limited" ? limit.amount : limit.kind;
}

function oracle({
  question,
  seeded,
  now,
}: {
  readonly question: Question;
  readonly seeded: SeededRights;
  readonly now: Instant;
}): CheckAnswer {
  const feature = benchFeatures.find((one) => one.key === question.feature);
  if (feature === undefined) throw new Error(`No feature ${question.feature}.`);
  const entitlements = (seeded.rights.get(question.customer) ?? []).filter(
    (one) => one.feature === feature.key,
  );
  return checkEntitlement({
    effective: effectiveEntitlement({ entitlements, feature, at: now }),
    amount: 1,
    usage: { used: 0, carried: 0 },
    country: "DE",
  });
}
