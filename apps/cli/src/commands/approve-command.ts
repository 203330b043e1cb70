import type { WireApprovalTask } from "@usher/api-contract";
import type { Command } from "commander";
import { CliFailure } from "../cli-failure.ts";
import { expectOk } from "../hub.ts";
import { clip, renderTable } from "../output.ts";
import type { CommandContext, RunCommand } from "./command-context.ts";
import { findOrder } from "./order-commands.ts";

interface ApproveOptions {
  readonly json?: boolean;
  readonly reject?: boolean;
  readonly requestChanges?: boolean;
  readonly comment?: string;
  readonly all?: boolean;
  readonly stage?: string;
}

/** Tasks decided by one call of the API. */
const batchSize = 100;

/** `usher approve`: without an argument it lists what is open. */
export function addApproveCommand(program: Command, run: RunCommand): void {
  program
    .command("approve")
    .description("decide what waits for approval; without an argument, list it")
    .argument("[order]", "an order's number or id, its deal's id, or a task's id (apt_…)")
    .option("--reject", "say no; needs --comment")
    .option("--request-changes", "ask for changes; needs --comment")
    .option("--comment <text>")
    .option("--all", "every open task, or those of --stage")
    .option("--stage <key>", "with --all: only tasks of this stage")
    .option("--json", "print one JSON document")
    .action((reference: string | undefined, options: ApproveOptions) =>
      run(options, async (context) => {
        refuseUnclearDecision({ reference, options });
        if (reference === undefined && !options.all) return listOpenTasks(context);
        const tasks = await chooseTasks({ context, reference, options });
        await decideTasks({ context, tasks, options });
      }),
    );
}

/** What was meant as a decision must not be answered with a list, or decide something else. */
function refuseUnclearDecision(input: {
  readonly reference: string | undefined;
  readonly options: ApproveOptions;
}): void {
  const { reference, options } = input;
  const no = options.reject ? "--reject" : options.requestChanges ? "--request-changes" : undefined;
  if (options.reject && options.requestChanges) {
    throw new CliFailure("--reject and --request-changes are two decisions; give one of them.");
  }
  if (reference !== undefined && options.all) {
    throw new CliFailure(`“${reference}” and --all were both given; give one of them.`);
  }
  if (reference === undefined && !options.all) {
    const given = no ?? (options.stage && "--stage") ?? (options.comment && "--comment");
    if (given === undefined) return;
    throw new CliFailure(`${given} was given, but nothing to decide on.`, {
      hint: "Name an order, or decide on all that is open with --all.",
    });
  }
  if (no !== undefined && (options.comment ?? "").trim() === "") {
    throw new CliFailure(`${no} needs a reason.`, { hint: "Give it with --comment <text>." });
  }
}

async function listOpenTasks({ hub, output }: CommandContext): Promise<void> {
  const tasks = await collectTasks({ hub: hub(), query: { status: "open" } });
  output.answer({ data: tasks }, () =>
    renderTable({
      columns: ["order", "stage", "customer", "why", "due", "task"],
      rows: tasks.map((task) => [
        String(task.order_number),
        task.stage_name,
        task.customer_name ?? "–",
        clip(task.reasons.map((reason) => reason.sentence).join(" "), 72),
        task.due_at ?? "–",
        task.id,
      ]),
      empty: "Nothing waits for approval.",
    }),
  );
}

async function chooseTasks(input: {
  readonly context: CommandContext;
  readonly reference: string | undefined;
  readonly options: ApproveOptions;
}): Promise<readonly WireApprovalTask[]> {
  const hub = input.context.hub();
  if (input.reference?.startsWith("apt_")) {
    return [expectOk(await hub.call("getApprovalTask", { path: { id: input.reference } }))];
  }
  const ofOrder =
    input.reference === undefined
      ? {}
      : { order_id: (await findOrder({ hub, reference: input.reference })).id };
  const tasks = await collectTasks({ hub, query: { status: "open", ...ofOrder } });
  const { stage } = input.options;
  const chosen = tasks.filter((task) => stage === undefined || task.stage_key === stage);
  if (chosen.length === 0 && stage !== undefined && tasks.length > 0) {
    const stages = [...new Set(tasks.map((task) => task.stage_key))].toSorted().join(", ");
    throw new CliFailure(`Nothing that waits is of the stage “${stage}”.`, {
      hint: `What waits is of: ${stages}.`,
    });
  }
  if (chosen.length === 0 && input.reference !== undefined) {
    throw new CliFailure(`Order ${input.reference} waits for no approval.`, {
      hint: "`usher approve` without an argument lists what is open.",
    });
  }
  return chosen;
}

async function collectTasks(input: {
  readonly hub: ReturnType<CommandContext["hub"]>;
  readonly query: Readonly<Record<string, string>>;
}): Promise<readonly WireApprovalTask[]> {
  const tasks: WireApprovalTask[] = [];
  for await (const task of input.hub.each("listApprovalTasks", {
    query: { ...input.query, limit: 100 },
  })) {
    tasks.push(task);
  }
  return tasks;
}

async function decideTasks(input: {
  readonly context: CommandContext;
  readonly tasks: readonly WireApprovalTask[];
  readonly options: ApproveOptions;
}): Promise<void> {
  const { options, tasks } = input;
  const { hub, output } = input.context;
  const decision = options.reject
    ? "reject"
    : options.requestChanges
      ? "request_changes"
      : "approve";
  const orderOf = new Map<string, string>(tasks.map((task) => [task.id, task.order_number]));
  const results: {
    readonly id: string;
    readonly order_number: string;
    readonly decided: boolean;
    readonly detail: string;
  }[] = [];
  for (let start = 0; start < tasks.length; start += batchSize) {
    const batch = tasks.slice(start, start + batchSize);
    const answer = expectOk(
      await hub().call("decideApprovalTasks", {
        body: {
          decision,
          comment: options.comment ?? null,
          tasks: batch.map((task) => ({ id: task.id, revision_hash: task.revision_hash })),
        },
      }),
    );
    for (const one of answer.data) {
      results.push({
        id: one.id,
        order_number: orderOf.get(one.id) ?? "",
        decided: one.decided,
        detail: one.decided ? one.task.status : one.problem.detail,
      });
    }
    if (tasks.length > batchSize) {
      output.say(`${Math.min(start + batchSize, tasks.length)} of ${tasks.length}`);
    }
  }
  const refused = results.filter((one) => !one.decided);
  output.answer({ data: results }, () =>
    [
      `${results.length - refused.length} decided (${decision.replace("_", " ")}), ${refused.length} refused.`,
      ...refused.map((one) => `  Order ${one.order_number} (${one.id}): ${one.detail}`),
    ].join("\n"),
  );
  if (refused.length > 0) process.exitCode = 1;
}
