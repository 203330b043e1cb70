import type { CheckRequest } from "@usher/api-contract";
import type { Database } from "@usher/database";
import type { FeatureKey } from "@usher/entitlement-core/catalog";
import type { CheckAnswer, CheckReason } from "@usher/entitlement-core/check";
import { type CustomerId, type Instant, instantFromIso } from "@usher/entitlement-core/kernel";
import type { Caller } from "../auth/caller.ts";
import type { ApiMetrics } from "../observability/api-metrics.ts";
import { type AnswerText, toOctets } from "./answer-text.ts";
import { checkAnswerJson, originJson } from "./check-answer-json.ts";
import { holdsAt } from "./kept-answer.ts";
import { checkThePast } from "./past-check.ts";
import { readPlainCheck } from "./read-plain-check.ts";
import type { RightsFeed } from "./rights-feed.ts";
import type { KnownCustomer, TenantRights } from "./tenant-rights.ts";

/** What all questions of one request share. */
export interface Asked {
  readonly caller: Caller;
  readonly rights: TenantRights;
  readonly now: number;
  /** `originJson` of everything answered from memory in this request. */
  readonly origin: string;
}

/** One question's answer; a promise only where the database has to be asked. */
export type AnswerCheck = (asked: Asked, check: CheckRequest) => AnswerText | Promise<AnswerText>;

/** From this far back on an instant is the past: before it, "now" has merely travelled. */
const pastMs = 1_000;

export function createAnswerCheck({
  feed,
  metrics,
  database,
}: {
  readonly feed: RightsFeed;
  readonly metrics: ApiMetrics;
  readonly database: Database;
}): AnswerCheck {
  function answerOne(asked: Asked, check: CheckRequest): AnswerText | Promise<AnswerText> {
    const at = check.at === undefined ? asked.now : instantFromIso(check.at);
    if (at < asked.now - pastMs) return answerFromBooks(asked, check, at as Instant);
    const customer = asked.rights.customerOf(check.customer);
    if (customer !== undefined) return answerLive(asked, check, customer, at as Instant);
    return lookUpAndAnswer(asked, check, at as Instant);
  }

  async function lookUpAndAnswer(
    asked: Asked,
    check: CheckRequest,
    at: Instant,
  ): Promise<AnswerText> {
    const { caller, rights, now } = asked;
    const reference = check.customer;
    // While the database is away, an unknown customer stays unknown: the lag says how old that is.
    await feed.lookUp({ tenantId: caller.tenantId, reference, now }).catch(() => undefined);
    return answerLive(asked, check, rights.customerOf(reference) ?? nobody, at);
  }

  function answerLive(
    { rights }: Asked,
    check: CheckRequest,
    customer: KnownCustomer,
    at: Instant,
  ): AnswerText {
    const country = check.country ?? null;
    const amount = check.amount ?? 1;
    const kept = rights.keptAnswer(customer, check.feature);
    // Everything the answer depends on besides the rights: two questions must never share one.
    if (
      kept !== undefined &&
      kept.amount === amount &&
      kept.country === country &&
      holdsAt(kept, at)
    ) {
      countAnswer(metrics, kept);
      return kept;
    }
    const feature = check.feature as FeatureKey;
    // Nothing keeps an answer beyond its own text, so one of them serves all.
    const found = rights.table.check(
      { customer: customer.id, feature, amount, country, at },
      rights.answer,
    );
    countAnswer(metrics, found);
    const { allowed, validUntil } = found;
    const until = validUntil ?? Number.POSITIVE_INFINITY;
    const octets = toOctets(checkAnswerJson(found));
    const answer = { octets, origin: null, amount, country, allowed, from: at, until };
    if (worthKeeping.has(found.reason)) {
      rights.keepAnswer(customer, check.feature, answer);
      // Without an instant of its own, and as everybody writes it who takes JSON from a library.
      if (readPlainCheck(check) !== null) rights.keepText(JSON.stringify(check), answer);
    }
    return answer;
  }

  async function answerFromBooks(
    { caller, now }: Asked,
    check: CheckRequest,
    at: Instant,
  ): Promise<AnswerText> {
    const found = await checkThePast({
      database,
      tenantId: caller.tenantId,
      customer: check.customer,
      feature: check.feature,
      amount: check.amount ?? 1,
      country: check.country ?? null,
      at,
    });
    countAnswer(metrics, found);
    const origin = originJson({ asOf: now, lagMs: 0 });
    return { octets: toOctets(checkAnswerJson(found)), origin };
  }

  return answerOne;
}

export function countAnswer(
  metrics: Pick<ApiMetrics, "countCheck">,
  { allowed }: Pick<CheckAnswer, "allowed">,
): void {
  metrics.countCheck(allowed ? "allowed" : "denied");
}

const nobody: KnownCustomer = { id: "cus_unknown" as CustomerId, answers: null };

/** Answers for customers and features that exist: others could be made up without end. */
const worthKeeping: ReadonlySet<CheckReason> = new Set([
  "allowed",
  "allowed_in_grace",
  "allowed_in_overage",
  "limit_reached",
  "country_required",
  "country_not_allowed",
  "expired",
  "not_yet_active",
]);
