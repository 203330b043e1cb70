import type { ErrorCode } from "../errors/error-code.ts";
import type { DealFault } from "./deal-fault.ts";
import type { DealFieldWords, DealWords } from "./record-words.ts";

/** Says what is wrong with one record of a deal; the sentence begins with the record's name. */
export type ReportFault = (fault: {
  readonly code: ErrorCode;
  readonly field: keyof DealFieldWords;
  /** The rest of the sentence, after "<record>: ". */
  readonly says: string;
  readonly resolvedBy?: DealFault["resolvedBy"];
}) => void;

/** A reporter for one record, which collects into `faults`. */
export function faultReporter({
  faults,
  record,
  words,
  lineId,
}: {
  readonly faults: DealFault[];
  readonly record: string;
  readonly words: DealWords;
  readonly lineId: string | null;
}): ReportFault {
  return ({ code, field, says, resolvedBy = { kind: "deal-edit" } }) => {
    faults.push({
      code,
      sentence: `${record}: ${says}`,
      where: { record, field: words.fields[field] },
      lineId,
      resolvedBy,
    });
  };
}
