import type { ConfigValue } from "../../catalog/feature.ts";
import { breakdownAt } from "../../entitlement/effective-entitlement.ts";
import type {
  BreakdownEntry,
  EntitlementStanding,
} from "../../entitlement/effective-entitlement-shape.ts";
import { spansOf } from "../../entitlement/span.ts";
import type { Instant } from "../../kernel/instant.ts";
import { type Limit, noLimit, overageOf, remainingOf } from "../../kernel/limit.ts";
import type { CheckAnswer, CheckReason } from "../check-answer.ts";
import type { CheckQuestion } from "../check-question.ts";
import { admitsCountry } from "../geo-rule.ts";
import type { Views } from "./block-arena.ts";
import { readCell } from "./read-block.ts";
import type { TableVocabulary } from "./table-vocabulary.ts";

/**
 * A check table's answer. What follows from other fields (`remaining`, `overage`, `inOverage`) is
 * worked out when it is read, and so is `breakdown`, from the rights as they were at the time of
 * the check. These are getters: copy the fields you need, a spread leaves them out.
 */
export class TableAnswer implements CheckAnswer {
  allowed = false;
  reason: CheckReason = "no_entitlement";
  state: EntitlementStanding = "absent";
  limit: Limit = noLimit;
  value: ConfigValue | null = null;
  usage = 0;
  // Written by the table alone, one by one: a call with ten values costs as much as the check.
  /** `resetAt` and `validUntil` as numbers, Infinity for never: a field that may be null would allocate. */
  reset = Number.POSITIVE_INFINITY;
  next = Number.POSITIVE_INFINITY;
  /** Where `breakdown` is to be read from. */
  views: Views | null = null;
  block = 0;
  cell = 0;
  question: CheckQuestion | null = null;

  private readonly vocabulary: TableVocabulary;

  constructor(vocabulary: TableVocabulary) {
    this.vocabulary = vocabulary;
  }

  get resetAt(): Instant | null {
    return this.reset === Number.POSITIVE_INFINITY ? null : (this.reset as Instant);
  }

  get validUntil(): Instant | null {
    return this.next === Number.POSITIVE_INFINITY ? null : (this.next as Instant);
  }

  get remaining(): Limit {
    return remainingOf({ limit: this.limit, usage: this.usage });
  }

  get overage(): number {
    return overageOf({ limit: this.limit, usage: this.usage });
  }

  get inOverage(): boolean {
    return this.reason === "allowed_in_overage" || this.overage > 0;
  }

  get breakdown(): readonly BreakdownEntry[] {
    const { views, question } = this;
    if (views === null || question === null) return [];
    if (this.state !== "active" && this.state !== "in_grace") return [];
    const block = { views, at: this.block, customer: question.customer };
    const rights = readCell(block, this.cell, this.vocabulary);
    const feature = this.vocabulary.features[(views.words[this.cell + 4] as number) & 0xffff];
    const sources = breakdownAt(spansOf(rights), question.at).filter(
      ({ entitlement }) => entitlement.value.kind === feature?.kind,
    );
    const isCountryRefusal =
      this.reason === "country_not_allowed" || this.reason === "country_required";
    return isCountryRefusal
      ? sources
      : sources.filter(({ entitlement }) => admitsCountry(entitlement.geo, question.country));
  }

  /** A no without figures. `next`: when it may change, Infinity for never. */
  refuse(reason: CheckReason, state: EntitlementStanding, next: number): this {
    this.allowed = false;
    this.reason = reason;
    this.state = state;
    this.limit = noLimit;
    this.value = null;
    this.usage = 0;
    this.reset = Number.POSITIVE_INFINITY;
    this.next = next;
    return this;
  }

  /** Takes over what was worked out elsewhere; the breakdown is still read from the block. */
  adopt(answer: CheckAnswer): this {
    this.allowed = answer.allowed;
    this.reason = answer.reason;
    this.state = answer.state;
    this.limit = answer.limit;
    this.value = answer.value;
    this.usage = answer.usage;
    this.reset = answer.resetAt ?? Number.POSITIVE_INFINITY;
    this.next = answer.validUntil ?? Number.POSITIVE_INFINITY;
    return this;
  }
}
