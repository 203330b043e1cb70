import type { DealFault } from "../deal/deal-fault.ts";
import type { Problem } from "./problem.ts";

/** The problem that a deal's faults stand an order at: the first in its sentence, all of them beside it. */
export function problemFromFaults(faults: readonly [DealFault, ...DealFault[]]): Problem {
  const [first, ...others] = faults;
  const more =
    others.length === 0
      ? ""
      : ` (And ${others.length} more ${others.length === 1 ? "thing" : "things"} to fix.)`;
  return {
    code: first.code,
    sentence: `${first.sentence}${more}`,
    where: first.where,
    resumeAt: "validation",
    blockedOnProductCodes: [
      ...new Set(
        faults.flatMap(({ resolvedBy }) =>
          resolvedBy.kind === "product-code" ? [resolvedBy.productCode] : [],
        ),
      ),
    ],
    faults: faults.map(({ code, sentence, where }) => ({ code, sentence, where })),
  };
}
