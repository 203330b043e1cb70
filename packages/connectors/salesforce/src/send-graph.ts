import { connectorFailure, parseShape } from "@usher/connector-sdk/http";
import type { CallContext } from "@usher/connector-sdk/spec";
import { z } from "zod";
import type { GraphNode } from "./plan-order-graph.ts";
import { apiRoot, type SalesforceClient } from "./salesforce-client.ts";
import { fromSalesforceErrorItem } from "./salesforce-failure.ts";
import { graphAnswer } from "./salesforce-order-api.ts";

/** Nodes of one graph. */
export const graphNodesMax = 500;

const refusals = z.array(
  z.looseObject({
    errorCode: z.string(),
    message: z.string().default(""),
    fields: z.array(z.string()).nullish(),
  }),
);

/**
 * Sends one graph. It is carried out wholly or not at all, and either way the answer is a 200: the
 * node that failed is told by its own reason, the others only that they were rolled back.
 */
export async function sendGraph(input: {
  readonly nodes: readonly GraphNode[];
  readonly what: string;
  /** For people, by a node's reference. */
  readonly recordOf: (referenceId: string) => string;
  readonly client: SalesforceClient;
  readonly context: CallContext;
}): Promise<void> {
  const { nodes, what, recordOf, client, context } = input;
  const compositeRequest = nodes.map(({ method, path, referenceId, body }) => ({
    method,
    url: `${apiRoot}${path}`,
    referenceId,
    ...(body === undefined ? {} : { body }),
  }));
  const value = await client.post(
    "/composite/graph",
    { graphs: [{ graphId: "order", compositeRequest }] },
    context,
  );
  const { graphs } = parseShape({ schema: graphAnswer, value, what });
  const [graph] = graphs;
  if (graph?.isSuccessful === true) return;
  for (const { referenceId, httpStatusCode, body } of graph?.graphResponse.compositeResponse ??
    []) {
    const record = recordOf(referenceId);
    if (httpStatusCode === 300) throw severalRecords(what, record);
    const [first] = refusals.safeParse(body).data ?? [];
    if (first === undefined || first.errorCode === "PROCESSING_HALTED") continue;
    throw fromSalesforceErrorItem({
      item: { code: first.errorCode, message: first.message, fields: first.fields ?? [] },
      status: httpStatusCode,
      isWrite: true,
      what: `${what}, ${record}`,
      record,
    });
  }
  throw connectorFailure({
    category: "schema_drift",
    message: `${what}: the graph was rolled back, and no node of it says why.`,
  });
}

function severalRecords(what: string, record: string) {
  return connectorFailure({
    category: "validation",
    message: `${what}: several records carry the external id of ${record}. Make the field unique, and empty it on the wrong ones.`,
    where: { record, field: "external id" },
  });
}
