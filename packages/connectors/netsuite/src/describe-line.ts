import type { ErpOrderLine } from "@usher/connector-sdk/spec";

/** What a line says on the invoice: the name, and the term that the price is for. */
export function describeLine({ name, months, startsOn }: ErpOrderLine): string {
  return `${name.trim()}\n${months} ${months === 1 ? "month" : "months"} from ${startsOn}`;
}
