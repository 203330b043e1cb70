import type { ApprovalPath, PlannedStage, StageDecision } from "./approval-path.ts";
import { type StagePeople, type StageStanding, settleStage } from "./settle-stage.ts";

/** Where the whole path stands. */
export type PathProgress =
  | { readonly kind: "complete" }
  /** `open` are the stages of the lowest step that is not yet approved: the ones to ask now. */
  | { readonly kind: "open"; readonly open: readonly [PlannedStage, ...PlannedStage[]] }
  | {
      readonly kind: "rejected" | "changes-requested";
      readonly stage: PlannedStage;
      readonly by: string;
      readonly comment: string | null;
    }
  | {
      readonly kind: "unreachable";
      readonly stage: PlannedStage;
      readonly needed: number;
      readonly eligible: number;
    };

/** The people of each stage, by stage key. A stage without an entry has nobody to ask. */
export type PeopleByStage = Readonly<Record<string, StagePeople>>;

/**
 * Where the path stands after `decisions`. Steps are asked in sequence, stages of one step at once.
 * One rejected stage rejects the order, in whichever step it is.
 */
export function pathProgress({
  path,
  people,
  decisions,
  revisionHash,
}: {
  readonly path: ApprovalPath;
  readonly people: PeopleByStage;
  readonly decisions: readonly StageDecision[];
  readonly revisionHash: string;
}): PathProgress {
  const standings = path.stages.map(
    (stage) =>
      [
        stage,
        settleStage({ stage, people: peopleOf(people, stage.key), decisions, revisionHash }),
      ] as const,
  );
  for (const [stage, standing] of standings) {
    if (standing.kind === "rejected") return { ...standing, stage };
  }
  for (const [stage, standing] of standings) {
    if (standing.kind === "changes-requested") return { ...standing, stage };
  }
  for (const [stage, standing] of standings) {
    if (standing.kind === "unreachable") return { ...standing, stage };
  }
  const unsettled = standings.filter(([, standing]) => !isApproved(standing));
  const [first, ...others] = unsettled.map(([stage]) => stage);
  if (first === undefined) return { kind: "complete" };
  const step = Math.min(first.step, ...others.map((stage) => stage.step));
  const open = [first, ...others].filter((stage) => stage.step === step);
  return { kind: "open", open: open as [PlannedStage, ...PlannedStage[]] };
}

/** The people of a stage; nobody when it is not listed. */
export function peopleOf(people: PeopleByStage, stageKey: string): StagePeople {
  const listed = Object.hasOwn(people, stageKey) ? people[stageKey] : undefined;
  return listed ?? { approverEmails: [], excludedEmails: [] };
}

function isApproved(standing: StageStanding): boolean {
  return standing.kind === "approved";
}
