import { type Deal, type DealPerson, hashDeal } from "@usher/entitlement-core/deal";
import type { AcmeDeal } from "./acme-deal-api.ts";

/** The user our own write-backs are made as: it never is the deal's last editor. */
const ownEmail = "usher@integration.acme.example";

/**
 * An Acme deal as a `Deal`: nothing is checked or corrected here, `parseDeal` does that and tells
 * sales. The version is the record's stamp and, after `#`, a hash of what the deal says: our own
 * write-back moves the stamp, but not the hash.
 */
export function fromAcmeDeal(wire: AcmeDeal): Deal {
  const deal: Deal = {
    system: "acme",
    id: wire.id,
    version: "",
    name: wire.name,
    isWon: wire.is_won,
    kind: "new",
    currency: wire.currency,
    closedOn: wire.closed_on,
    account:
      wire.account === null
        ? null
        : { id: wire.account.id, name: wire.account.name, country: wire.account.country },
    owner: toPerson(wire.owner),
    lastEditor: wire.modified_by?.email === ownEmail ? null : toPerson(wire.modified_by),
    lines: wire.lines.map((line) => ({
      id: line.id,
      productCode: line.sku,
      productName: line.name,
      quantity: line.quantity,
      unitPrice: line.unit_price,
      currency: null,
      startsOn: line.starts_on,
      months: line.months,
      endsOn: null,
    })),
  };
  // Who touched it last is no content: our own write would change it.
  const content = hashDeal({ ...deal, lastEditor: null }).slice(0, 12);
  return { ...deal, version: `${wire.modified_at}#${content}` };
}

/** Field by field: what Acme adds tomorrow must not get into the version. */
function toPerson(person: AcmeDeal["owner"]): DealPerson | null {
  return person === null ? null : { name: person.name, email: person.email };
}
