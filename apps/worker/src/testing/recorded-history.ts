import type { Client, WorkflowHandle } from "@temporalio/client";

/** What the server wrote down of one run of one order. */
export interface RecordedHistory {
  readonly workflowId: string;
  readonly runId: string;
  /** The deal, or whatever else a test names its orders by. */
  readonly dealId: string;
  readonly history: Awaited<ReturnType<WorkflowHandle["fetchHistory"]>>;
}

/** The histories of every run that one order has had. */
export async function historiesOf({
  client,
  workflowId,
  dealId,
}: {
  readonly client: Client;
  readonly workflowId: string;
  readonly dealId: string;
}): Promise<readonly RecordedHistory[]> {
  const recorded: RecordedHistory[] = [];
  const runs = client.workflow.list({ query: `WorkflowId = "${workflowId}"` });
  for await (const { runId } of runs) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    recorded.push({ workflowId, runId, dealId, history });
  }
  return recorded;
}
