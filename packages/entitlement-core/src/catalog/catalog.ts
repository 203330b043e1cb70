import type { ApprovalPolicy } from "../approval/approval-policy.ts";
import type { TimeZone } from "../kernel/instant.ts";
import type { Feature } from "./feature.ts";
import type { Offering, OfferingVersion, Sku } from "./offering.ts";

/** A CRM's name for something we sell under another name. `system` null: the alias holds for every system. */
export interface ProductAlias {
  readonly system: string | null;
  readonly productCode: string;
  readonly sku: Sku;
}

/** The catalog file: everything a seller decides about what it sells. */
export interface Catalog {
  readonly timeZone: TimeZone;
  readonly features: readonly Feature[];
  readonly offerings: readonly Offering[];
  readonly aliases: readonly ProductAlias[];
  readonly approvalPolicy: ApprovalPolicy;
}

/** The catalog as published: the newest version of each offering, with the rules in force. */
export interface PublishedCatalog extends Omit<Catalog, "offerings"> {
  readonly version: number;
  readonly offerings: readonly OfferingVersion[];
}
