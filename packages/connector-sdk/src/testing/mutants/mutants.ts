import { announcementMutants } from "./announcement-mutants.ts";
import { limitMutants } from "./limit-mutants.ts";
import { manifestMutants } from "./manifest-mutants.ts";
import type { Mutant } from "./mutant.ts";
import { operationMutants } from "./operation-mutants.ts";
import { readingMutants } from "./reading-mutants.ts";
import { tokenMutants } from "./token-mutants.ts";
import { webhookMutants } from "./webhook-mutants.ts";
import { writingMutants } from "./writing-mutants.ts";

/** One for each check, by its number. */
export const mutants: readonly Mutant[] = [
  ...manifestMutants,
  ...tokenMutants,
  ...readingMutants,
  ...writingMutants,
  ...limitMutants,
  ...webhookMutants,
  ...announcementMutants,
  ...operationMutants,
].toSorted((one, other) => one.check - other.check);
