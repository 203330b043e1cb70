import type { ConnectorErrorDetail } from "@usher/connector-sdk/spec";
import type { StoredOrder } from "@usher/database";
import { dealGoneProblem, dealWords } from "@usher/entitlement-core/deal";
import type { Problem } from "@usher/entitlement-core/order";

/** The CRM does not take an order's status: what sales has to change on the record. */
export function refusedTellingProblem({
  order,
  error,
}: {
  readonly order: Pick<StoredOrder, "source" | "dealName">;
  readonly error: ConnectorErrorDetail;
}): Problem {
  const { system, id: dealId } = order.source;
  if (error.category === "not_found") {
    return dealGoneProblem({ gone: "deal", system, dealId, dealName: order.dealName });
  }
  const words = dealWords(system);
  const record = words.deal({ name: order.dealName, id: dealId });
  const where = error.where ?? { record, field: words.fields.stage };
  // A rule of the CRM may name no field: the connector says so in brackets.
  const what = where.field.startsWith("(") ? "what the rule asks for" : where.field;
  const code = "write_back_refused";
  const sentence = `${record}: the CRM refused to show the order's status: ${error.message.trim().replace(/\.?$/, ".")} Correct ${what} and save the deal; that tries again.`;
  return {
    code,
    sentence,
    where,
    resumeAt: "write-back",
    blockedOnProductCodes: [],
    faults: [{ code, sentence, where }],
  };
}
