import { toWire, type WireCatalogDiff } from "@usher/api-contract";
import type { CatalogDiff, ItemDiff, OfferingDiff } from "@usher/entitlement-core/catalog";

type WireChange = WireCatalogDiff["changes"][number];

/** The changes of a catalog, one an entry. What a running customer keeps is not in it: orders keep their versions. */
export function toWireCatalogChanges(diff: CatalogDiff): WireChange[] {
  return [
    ...(diff.timeZone === null
      ? []
      : [
          {
            subject: "time_zone" as const,
            key: "time_zone",
            change: "changed" as const,
            ...diff.timeZone,
          },
        ]),
    ...diff.features.map((one) => fromItem("feature", one)),
    ...diff.offerings.map(fromOffering),
    ...diff.aliases.map((one) => fromItem("alias", one)),
    ...diff.approvalStages.map((one) => fromItem("approval_policy", one)),
  ];
}

function fromItem(
  subject: WireChange["subject"],
  { key, before, after }: ItemDiff<unknown>,
): WireChange {
  const change = before === null ? "added" : after === null ? "removed" : "changed";
  return { subject, key, change, before: toWire(before), after: toWire(after) };
}

function fromOffering(diff: OfferingDiff): WireChange {
  switch (diff.kind) {
    case "new":
      return {
        subject: "offering",
        key: diff.sku,
        change: "added",
        before: null,
        after: toWire(diff.offering),
      };
    case "retired":
      return {
        subject: "offering",
        key: diff.sku,
        change: "removed",
        before: { version: diff.versionBefore },
        after: null,
      };
    case "changed":
      return {
        subject: "offering",
        key: diff.sku,
        change: "changed",
        before: Object.fromEntries(diff.changes.map((one) => [fieldOf(one), toWire(one.before)])),
        after: Object.fromEntries(diff.changes.map((one) => [fieldOf(one), toWire(one.after)])),
      };
  }
}

function fieldOf(change: Extract<OfferingDiff, { kind: "changed" }>["changes"][number]): string {
  return change.field === "entitlement"
    ? `entitlement.${change.feature}`
    : change.field.replaceAll("-", "_");
}
