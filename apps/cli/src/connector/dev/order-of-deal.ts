import type { PublishedCatalog } from "@usher/entitlement-core/catalog";
import { type Deal, parseDeal } from "@usher/entitlement-core/deal";
import type { OfferingVersionId } from "@usher/entitlement-core/kernel";
import { demoCatalog } from "../../start/demo-catalog.ts";
import type { SceneTrace } from "./scene.ts";

/** The demo's catalog as its first publication; nobody keeps the ids. */
const catalog: PublishedCatalog = {
  ...demoCatalog,
  version: 1,
  offerings: demoCatalog.offerings.map((offering, index) => ({
    ...offering,
    id: `ofv_${String(index).padStart(26, "0")}` as OfferingVersionId,
    version: 1,
  })),
};

/** What the hub would make of the deal: an order's content, or the sentences that sales reads. */
export function orderOfDeal(deal: Deal): NonNullable<SceneTrace["order"]> {
  const parsed = parseDeal({ deal, catalog });
  return parsed.ok
    ? { kind: "content", content: parsed.content }
    : { kind: "faults", sentences: parsed.faults.map(({ sentence }) => sentence) };
}
