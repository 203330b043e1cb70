import type { Checkpoint } from "../../spec/crm-connector.ts";
import { must } from "../conformance-fault.ts";
import type { ConformanceHarness } from "../conformance-harness.ts";

/** Ends the check unless the checkpoint is what a database keeps and the next release still accepts. */
export function mustBeKept(input: {
  readonly checkpoint: Checkpoint;
  /** The method that gave it, for messages. */
  readonly givenBy: string;
  readonly harness: ConformanceHarness;
}): void {
  const { checkpoint, givenBy, harness } = input;
  const streams = harness.definition?.connector.manifest.streams ?? [];
  const accepted = streams.map(({ checkpointSchema }) => checkpointSchema.safeParse(checkpoint));
  must(
    accepted.some(({ success }) => success),
    {
      says: `No stream's checkpointSchema accepts the checkpoint that ${givenBy} gave: ${accepted.map(({ error }) => error?.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ")).join(" / ")}.`,
      path: "page.checkpoint",
      received: checkpoint,
    },
  );
  for (const [key, value] of Object.entries(checkpoint)) {
    must(value === null || typeof value !== "object", {
      says: "A checkpoint is a flat object of texts, numbers and booleans.",
      path: `page.checkpoint.${key}`,
      received: value,
    });
  }
}

/** Checkpoints that nobody may read on from, each with what is wrong with it. */
export function badCheckpointsOf(
  checkpoint: Checkpoint,
  future: Checkpoint | undefined,
): readonly (readonly [string, Checkpoint])[] {
  const spoiled = Object.fromEntries(
    Object.keys(checkpoint).map((key) => [key, "not what it was"]),
  );
  return [
    ["of another connector", { anything: "else" }],
    ["whose fields are damaged", spoiled],
    ...(future === undefined ? [] : [["of a year to come", future] as const]),
  ];
}
