import type { Feature } from "../../catalog/feature.ts";
import type { GeoRule } from "../../catalog/offering.ts";
import type { EntitlementValue } from "../../entitlement/entitlement.ts";
import { createInterner, type Interner } from "./interner.ts";
import { type Payload, payloadKey } from "./payload.ts";

/** What an offering grants, as opposed to whom and when. */
export interface Template {
  readonly value: EntitlementValue;
  readonly graceDays: number;
  readonly geo: GeoRule | null;
}

/** What blocks refer to by number: few things that many customers share. */
export interface TableVocabulary {
  readonly strings: Interner<string>;
  readonly templates: Interner<Template>;
  readonly decisions: Interner<readonly string[]>;
  readonly payloads: Interner<Payload>;
  /** Every feature key ever seen; the number is a cell's feature word. */
  readonly featureKeys: Interner<string>;
  /** By that number; undefined where the catalog does not know the key. */
  readonly features: (Feature | undefined)[];
}

export function createTableVocabulary(): TableVocabulary {
  return {
    strings: createInterner((text) => text),
    templates: createInterner((template) => JSON.stringify(template)),
    decisions: createInterner((ids) => JSON.stringify(ids)),
    payloads: createInterner(payloadKey),
    featureKeys: createInterner((key) => key),
    features: [],
  };
}
