import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import type { CreateOrderRequest, WireApprovalPathPreview } from "@usher/api-contract";
import type { Command } from "commander";
import colors from "picocolors";
import { CliFailure } from "../cli-failure.ts";
import { expectOk } from "../hub.ts";
import type { RunCommand } from "./command-context.ts";

type PreviewedStage = WireApprovalPathPreview["stages"][number];

/** `usher order preview`: who would have to say yes, and what would be just enough for not having to ask. */
export function addOrderPreviewCommand(order: Command, run: RunCommand): void {
  order
    .command("preview")
    .description("who would have to approve an order, and why; nothing is stored")
    .argument("<file>", "an order as JSON, as POST /v1/orders takes it; - for standard input")
    .option("--json", "print one JSON document")
    .action((file: string, options: { readonly json?: boolean }) =>
      run(options, async ({ hub, output }) => {
        const body = await readOrder(file);
        const preview = expectOk(await hub().call("previewApprovalPath", { body }));
        output.answer(preview, () => renderPreview(preview));
        if (preview.faults.length > 0) process.exitCode = 1;
      }),
    );
}

/** What it says is judged by the hub, as the order itself would be. */
async function readOrder(file: string): Promise<CreateOrderRequest> {
  let json: string;
  try {
    json = file === "-" ? await text(process.stdin) : await readFile(file, "utf8");
  } catch (cause) {
    throw new CliFailure(`The order file ${file} could not be read: ${messageOf(cause)}`, {
      cause,
    });
  }
  try {
    return JSON.parse(json) as CreateOrderRequest;
  } catch (cause) {
    throw new CliFailure(
      `${file === "-" ? "Standard input" : file} is no JSON: ${messageOf(cause)}`,
      {
        hint: "It should be the body of POST /v1/orders, see /docs of the hub.",
        cause,
      },
    );
  }
}

/** The preview for people. */
export function renderPreview({ stages, faults }: WireApprovalPathPreview): string {
  if (faults.length > 0) {
    return [
      "This order would stand at Action needed before anybody is asked:",
      ...faults.map(({ sentence }) => `  ${colors.red("to fix:")} ${sentence}`),
    ].join("\n");
  }
  if (stages.length === 0) return "Nobody needs to be asked: this order would go on at once.";
  return stages.flatMap(renderStage).join("\n");
}

function renderStage(stage: PreviewedStage): readonly string[] {
  const who = stage.approvers.map((one) => ("user" in one ? one.user : `group ${one.group}`));
  return [
    `${colors.bold(`${stage.step}. ${stage.name}`)}: ${quorumText(stage.quorum)} of ${who.join(", ")}, within ${stage.due_after_hours} hours, else ${stage.when_silent === "deny" ? "rejected" : "parked"}`,
    ...stage.reasons.map(({ sentence }) => `   because: ${sentence}`),
    ...(stage.avoided_by === null
      ? []
      : [`   not asked if: ${stage.avoided_by.map(changeText).join(" and ")}`]),
  ];
}

function quorumText(quorum: PreviewedStage["quorum"]): string {
  switch (quorum.kind) {
    case "any":
      return "any one";
    case "all":
      return "all";
    case "count":
      return `${quorum.count}`;
  }
}

function changeText(change: NonNullable<PreviewedStage["avoided_by"]>[number]): string {
  switch (change.change) {
    case "raise_unit_price":
      return `line ${change.line_id} costs at least ${change.to_at_least.amount} ${change.to_at_least.currency} a unit`;
    case "shorten_term":
      return `line ${change.line_id} runs at most ${change.to_at_most_months} months`;
    case "lower_total":
      return `the total is at most ${change.to_at_most.amount} ${change.to_at_most.currency}`;
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
