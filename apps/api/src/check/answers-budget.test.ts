import type { FeatureKey, PublishedCatalog } from "@usher/entitlement-core/catalog";
import type { CustomerId } from "@usher/entitlement-core/kernel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toOctets } from "./answer-text.ts";
import { createAnswersBudget, entryCharacters } from "./answers-budget.ts";
import type { KeptAnswer } from "./kept-answer.ts";
import { createTenantRights } from "./tenant-rights.ts";

const features = ["sso", "seats"].map((key) => ({ key, kind: "boolean" }));
const catalog = { features } as unknown as PublishedCatalog;
const at = 1_000;

/** Tenants of one process, each with the customers 0 to 4. */
function someTenants({ count, charactersMax }: { count: number; charactersMax: number }) {
  const budget = createAnswersBudget(charactersMax);
  const tenants = Array.from({ length: count }, () => {
    const rights = createTenantRights(catalog, budget);
    const replace = (customer: number) =>
      rights.replace({
        customer: `cus_${customer}` as CustomerId,
        externalId: `${customer}`,
        entitlements: [],
      });
    for (let customer = 0; customer < 5; customer += 1) replace(customer);
    const ask = (customer: number, feature: string, length: number): KeptAnswer => {
      const known = rights.customerOf(`cus_${customer}`);
      if (known === undefined) throw new Error("The customer is not there.");
      const octets = toOctets("x".repeat(length));
      const rest = { origin: null, amount: 1, country: null, allowed: true, from: 0 };
      const answer: KeptAnswer = { octets, ...rest, until: 2_000 };
      rights.keepAnswer(known, feature as FeatureKey, answer);
      rights.keepText(`${customer} ${feature}`, answer);
      return answer;
    };
    const askAll = (asked: readonly (readonly [number, string])[]) => {
      const answers = asked.map(([customer, feature]) =>
        rights.answerToText(`${customer} ${feature}`, at),
      );
      if (!answers.every((one) => one !== undefined)) return;
      // Known from the second time on.
      for (let time = 0; time < 2; time += 1) rights.lists.note(JSON.stringify(asked), answers);
    };
    const listed = (asked: readonly (readonly [number, string])[]) =>
      rights.lists.answersTo(JSON.stringify(asked), at);
    return { rights, replace, ask, askAll, listed };
  });
  return { budget, tenants };
}

describe("what all tenants' answers take together", () => {
  it("does not grow with the number of tenants", () => {
    const { budget, tenants } = someTenants({ count: 500, charactersMax: 100_000 });
    for (const { ask, askAll } of tenants) {
      for (let customer = 0; customer < 5; customer += 1) ask(customer, "sso", 600);
      askAll([0, 1, 2].map((customer) => [customer, "sso"]));
      expect(budget.held).toBeLessThanOrEqual(100_000);
    }
    expect(budget.held).toBeGreaterThan(50_000);
  });

  it("is made room for by whoever holds the most, so that others stay quick", () => {
    const { tenants } = someTenants({ count: 2, charactersMax: 10_000 });
    const [large, small] = tenants;
    small?.ask(0, "sso", 600);
    for (let customer = 0; customer < 5; customer += 1) large?.ask(customer, "sso", 600);
    for (let customer = 0; customer < 5; customer += 1) large?.ask(customer, "seats", 600);
    expect(small?.rights.answerToText("0 sso", at)).toBeDefined();
    expect(large?.rights.answerToText("0 sso", at)).toBeUndefined();
    expect(large?.rights.answerToText("4 seats", at)).toBeDefined();
  });

  it("is given back in full when what was kept is replaced by something longer, shorter or nothing", () => {
    const { budget, tenants } = someTenants({ count: 1, charactersMax: 1_000_000 });
    const [tenant] = tenants;
    const customer = tenant?.rights.customerOf("cus_0");
    if (tenant === undefined || customer === undefined) throw new Error("Nobody is there.");
    const rest = { origin: null, amount: 1, country: null, allowed: true, from: 0, until: 2_000 };
    for (const length of [10, 900, 300])
      tenant.rights.keepAnswer(customer, "sso", { ...rest, octets: toOctets("x".repeat(length)) });
    expect(budget.held).toBe(300 + entryCharacters);
    tenant.replace(0);
    expect(budget.held).toBe(0);
  });

  it("is spent and released exactly, and what is outdated is never said, whatever happens in which order", () => {
    const customer = fc.integer({ min: 0, max: 4 });
    const feature = fc.constantFrom("sso", "seats");
    const question = fc.tuple(customer, feature);
    const step = fc.oneof(
      fc.record({
        kind: fc.constant("ask" as const),
        question,
        length: fc.integer({ min: 0, max: 1_500 }),
      }),
      fc.record({
        kind: fc.constant("list" as const),
        questions: fc.array(question, { minLength: 1, maxLength: 4 }),
      }),
      fc.record({ kind: fc.constant("replace" as const), customer }),
      fc.record({ kind: fc.constant("publish" as const) }),
    );
    const steps = fc.array(fc.tuple(fc.nat(2), step), { maxLength: 80 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 500, max: 20_000 }), (taken, charactersMax) => {
        const { budget, tenants } = someTenants({ count: 3, charactersMax });
        // What was said of each customer before its rights were replaced.
        const outdated = new Set<KeptAnswer>();
        const said = new Map<string, KeptAnswer[]>();
        for (const [number, one] of taken) {
          const tenant = tenants[number];
          if (tenant === undefined) continue;
          if (one.kind === "ask") {
            const key = `${number} ${one.question[0]}`;
            const answer = tenant.ask(...one.question, one.length);
            said.set(key, [...(said.get(key) ?? []), answer]);
          } else if (one.kind === "list") {
            tenant.askAll(one.questions);
            for (const answer of tenant.listed(one.questions) ?? [])
              expect(outdated.has(answer)).toBe(false);
          } else if (one.kind === "replace") {
            tenant.replace(one.customer);
            for (const answer of said.get(`${number} ${one.customer}`) ?? []) outdated.add(answer);
            for (const key of ["sso", "seats"])
              expect(tenant.rights.answerToText(`${one.customer} ${key}`, at)).toBeUndefined();
          } else tenant.rights.setCatalog(catalog);
          expect(budget.held).toBeLessThanOrEqual(charactersMax);
          expect(budget.held).toBeGreaterThanOrEqual(0);
        }
        for (const { rights } of tenants) rights.setCatalog(catalog);
        expect(budget.held).toBe(0);
      }),
    );
  });
});
