import type { Call } from "./call.ts";
import type { Params } from "./params.ts";
import { invalidRequest } from "./stripe-error.ts";
import { commonTerms, readNewItems } from "./subscription-items.ts";
import { readExtraLines } from "./subscription-lines.ts";
import type { SchedulePhaseRow } from "./subscription-schedule-rows.ts";

const PHASES_MAX = 10;
const PRORATIONS = ["create_prorations", "always_invoice", "none"] as const;
const ANCHORS = ["automatic", "phase_start"] as const;

/**
 * `phases`: each begins where the one before ends. The first begins at `startDate` unless it says so itself.
 * @see https://docs.stripe.com/billing/subscriptions/subscription-schedules
 */
export function readPhases(call: Call, startDate: number): SchedulePhaseRow[] {
  const given = call.params.objects("phases") ?? [];
  if (given.length === 0)
    throw invalidRequest("Missing required param: phases.", {
      code: "parameter_missing",
      param: "phases",
    });
  if (given.length > PHASES_MAX)
    throw invalidRequest(`A schedule has at most ${PHASES_MAX} current and future phases.`, {
      param: "phases",
    });
  const phases: SchedulePhaseRow[] = [];
  for (const one of given) phases.push(readPhase(call, one, phases.at(-1)?.endDate ?? startDate));
  return phases;
}

function readPhase(call: Call, given: Params, follows: number): SchedulePhaseRow {
  const startDate = given.integer("start_date") ?? follows;
  const endDate = given.integer("end_date");
  if (endDate === undefined)
    throw invalidRequest("Each phase needs an `end_date` (this simulator knows no `duration`).", {
      code: "parameter_missing",
      param: given.nameOf("end_date"),
    });
  if (endDate <= startDate)
    throw invalidRequest("A phase has to end after it starts.", {
      param: given.nameOf("end_date"),
    });
  const items = readNewItems(call, given);
  const { currency } = commonTerms(call.account.tables.price, items);
  return {
    startDate,
    endDate,
    currency,
    items,
    extraLines: readExtraLines(call, given, currency, startDate),
    metadata: given.metadata({}),
    prorationBehavior: given.oneOf("proration_behavior", PRORATIONS) ?? "create_prorations",
    billingCycleAnchor: given.oneOf("billing_cycle_anchor", ANCHORS) ?? null,
  };
}
