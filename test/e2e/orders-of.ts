import type { UsherClient, WireApprovalTask, WireOrder } from "@usher/api-contract";
import { until } from "./until.ts";

/** The data of an answer; a refusal fails the test with its problem. */
export async function dataOf<Data>(
  call: Promise<
    { readonly ok: true; readonly data: Data } | { readonly ok: false; readonly problem: unknown }
  >,
): Promise<Data> {
  const answer = await call;
  if (answer.ok) return answer.data;
  throw new Error(`Refused: ${JSON.stringify(answer.problem)}`);
}

export async function orderOfDeal(input: {
  readonly hub: UsherClient;
  readonly dealId: string;
}): Promise<WireOrder> {
  return await until({
    what: `an order of deal ${input.dealId}`,
    ask: async () =>
      (await dataOf(input.hub.call("listOrders", { query: { source_id: input.dealId } }))).data[0],
  });
}

/** The order once it satisfies `is`; the last standing is told when it never does. */
export async function orderWhen(input: {
  readonly hub: UsherClient;
  readonly id: string;
  readonly what: string;
  readonly timeoutMs?: number;
  readonly is: (order: WireOrder) => boolean;
}): Promise<WireOrder> {
  let last: WireOrder | undefined;
  try {
    return await until({
      what: input.what,
      ...(input.timeoutMs === undefined ? {} : { timeoutMs: input.timeoutMs }),
      ask: async () => {
        last = await dataOf(input.hub.call("getOrder", { path: { id: input.id } }));
        return input.is(last) ? last : undefined;
      },
    });
  } catch (error) {
    throw new Error(
      `${(error as Error).message} The order stands at ${last?.status}: ${JSON.stringify(last?.problem ?? last?.waiting_on)}`,
    );
  }
}

export async function openTaskOf(input: {
  readonly hub: UsherClient;
  readonly orderId: string;
}): Promise<WireApprovalTask> {
  return await until({
    what: `an open approval task of ${input.orderId}`,
    ask: async () =>
      (
        await dataOf(
          input.hub.call("listApprovalTasks", {
            query: { order_id: input.orderId, status: "open" },
          }),
        )
      ).data[0],
  });
}
