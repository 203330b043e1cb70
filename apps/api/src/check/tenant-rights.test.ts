import type { FeatureKey, PublishedCatalog } from "@usher/entitlement-core/catalog";
import type { CustomerId } from "@usher/entitlement-core/kernel";
import { beforeEach, expect, it } from "vitest";
import { toOctets } from "./answer-text.ts";
import { createAnswersBudget } from "./answers-budget.ts";
import type { KeptAnswer } from "./kept-answer.ts";
import { createTenantRights, type TenantRights } from "./tenant-rights.ts";

const feature = { key: "sso" as FeatureKey, kind: "boolean", name: "SSO", failPolicy: "closed" };
const catalog = { features: [feature] } as unknown as PublishedCatalog;
const acme = { customer: "cus_1" as CustomerId, externalId: "acme", entitlements: [] };
const text = '{"customer":"cus_1","feature":"sso"}';
const from = 1_000;

let rights: TenantRights;
beforeEach(() => {
  rights = createTenantRights(catalog, createAnswersBudget());
  rights.replace(acme);
});

function keep({ until }: { readonly until: number }): KeptAnswer {
  const customer = rights.customerOf("cus_1");
  if (customer === undefined) throw new Error("The customer is not there.");
  const rest = { origin: null, amount: 1, country: null, allowed: true, from };
  const answer: KeptAnswer = { octets: toOctets("{}"), ...rest, until };
  rights.keepAnswer(customer, "sso", answer);
  return answer;
}

it("gives an answer to the same words from its own beginning to its end, and not at it", () => {
  const answer = keep({ until: 2_000 });
  rights.keepText(text, answer);
  expect([999, 1_000, 1_999, 2_000].map((at) => rights.answerToText(text, at))).toEqual([
    undefined,
    answer,
    answer,
    undefined,
  ]);
});

it("gives none once the customer's rights or usage were replaced", () => {
  rights.keepText(text, keep({ until: 2_000 }));
  rights.replace(acme);
  expect(rights.answerToText(text, from)).toBeUndefined();
});

it("gives none once another question about the same right was asked: only one answer of each is kept", () => {
  rights.keepText(text, keep({ until: 2_000 }));
  keep({ until: 3_000 });
  rights.replace(acme);
  expect(rights.answerToText(text, from)).toBeUndefined();
});

it("gives none once the catalog was replaced, neither alone nor in a list", () => {
  const answer = keep({ until: 2_000 });
  rights.keepText(text, answer);
  rights.lists.note(`[${text}]`, [answer]);
  rights.lists.note(`[${text}]`, [answer]);
  expect(rights.lists.answersTo(`[${text}]`, from)).toEqual([answer]);
  rights.setCatalog(catalog);
  expect(rights.answerToText(text, from)).toBeUndefined();
  expect(rights.lists.answersTo(`[${text}]`, from)).toBeUndefined();
});
