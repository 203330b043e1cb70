import type { Feature } from "../../catalog/feature.ts";
import type { GeoRule } from "../../catalog/offering.ts";
import type { EntitlementValue } from "../../entitlement/entitlement.ts";
import type { Limit } from "../../kernel/limit.ts";
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
    templates: createInterner(templateKey),
    decisions: createInterner((ids) => JSON.stringify(ids)),
    payloads: createInterner(payloadKey),
    featureKeys: createInterner((key) => key),
    features: [],
  };
}

/** Written by hand: a table is loaded with a million of these. */
function templateKey({ value, graceDays, geo }: Template): string {
  return `${graceDays} ${geo === null ? "-" : JSON.stringify([geo.mode, geo.countries])} ${valueKey(value)}`;
}

function valueKey(value: EntitlementValue): string {
  switch (value.kind) {
    case "boolean":
      return value.kind;
    case "config":
      return `${value.kind} ${JSON.stringify(value.value)}`;
    case "seat":
      return `${value.kind} ${value.enforcement} ${limitKey(value.limit)}`;
    case "metered": {
      const { anchor, rollover } = value;
      const from = anchor === undefined ? "-" : `${anchor.at} ${anchor.timeZone}`;
      const most = rollover === null ? "-" : limitKey(rollover.max);
      return `${value.kind} ${value.enforcement} ${limitKey(value.limit)} ${value.reset} ${most} ${from}`;
    }
  }
}

function limitKey(limit: Limit): string {
  return limit.kind === "limited" ? String(limit.amount) : limit.kind;
}
