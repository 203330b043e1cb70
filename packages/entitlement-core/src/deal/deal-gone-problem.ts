import type { Problem } from "../order/problem.ts";
import { dealWords } from "./record-words.ts";

/** The deal, or its account, is no longer in the CRM: the problem its order stands at. */
export function dealGoneProblem({
  gone,
  system,
  dealId,
  dealName,
}: {
  readonly gone: "deal" | "account";
  readonly system: string;
  readonly dealId: string;
  readonly dealName: string;
}): Problem {
  const words = dealWords(system);
  const record = words.deal({ name: dealName, id: dealId });
  const isDeal = gone === "deal";
  const code = isDeal ? "deal_deleted" : "account_deleted";
  const sentence = isDeal
    ? `${record} is gone from the CRM. Restore it to go on, or cancel the order.`
    : `${record}: its account is gone from the CRM. Set ${words.fields.account} to go on, or cancel the order.`;
  const where = { record, field: isDeal ? words.fields.stage : words.fields.account };
  return {
    code,
    sentence,
    where,
    resumeAt: "validation",
    blockedOnProductCodes: [],
    faults: [{ code, sentence, where }],
  };
}
