import type { CheckFault } from "./conformance-report.ts";

/** A fault as lines to read: what is wrong, where, what came, what to do. */
export function renderFault(fault: CheckFault): string {
  return [
    fault.says,
    ...(fault.at === null ? [] : [`at        ${fault.at}`]),
    ...(fault.path === null ? [] : [`field     ${fault.path}`]),
    ...(fault.expected === null ? [] : [`expected  ${fault.expected}`]),
    ...(fault.received === null ? [] : [`received  ${fault.received}`]),
    `to do     ${fault.fix}`,
    `docs      ${fault.docs}`,
  ].join("\n");
}
