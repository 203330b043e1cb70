import type { ConnectedSystem, ConnectorManifest } from "../spec/connector-manifest.ts";
import type { ConformanceHarness, CrmConformance } from "./conformance-harness.ts";

/** What a check leans on. */
export type Ability =
  /** The package's folder: README, released manifest. */
  | "package"
  | "definition"
  | "answers"
  | "tokens"
  | "rotating tokens"
  | "stream"
  | "crm"
  | "seeded deals"
  | "removed deals"
  | "future checkpoints"
  | "spoiled deals"
  | "result cap"
  | "forgotten past"
  /** A port that makes something, and can be asked what stands over there. */
  | "writes"
  /** Billing or ERP: what is written has an external id of ours. */
  | "orders"
  | "closed orders"
  /** Billing: what the vendor announced can be read again. */
  | "announcements"
  | "forgotten announcements"
  | "webhooks"
  | "signed events"
  | "event batches"
  | "refusal statuses"
  | "subscriptions";

/**
 * `beyond`: the connector does not do such a thing, as its own manifest or ports say, so the check is
 * not about it. `unproven`: it does, but the harness cannot drive it.
 */
export type AbilityVerdict =
  | { readonly kind: "offered" }
  | { readonly kind: "beyond" | "unproven"; readonly because: string };

/** What is known before the first check runs. */
export interface AbilityFacts {
  readonly harness: ConformanceHarness;
  readonly system: ConnectedSystem;
  readonly folder: string | null;
}

const offered = { kind: "offered" } as const;
const beyond = (because: string) => ({ kind: "beyond", because }) as const;
const unproven = (part: string) =>
  ({ kind: "unproven", because: `the harness has no \`${part}\`` }) as const;

/** Credentials that stay as they are until a person replaces them. */
const lastingAuthKinds = new Set(["api_key", "access_token", "basic", "password"]);

export function findAbility(ability: Ability, facts: AbilityFacts): AbilityVerdict {
  const { harness, system, folder } = facts;
  const manifest = harness.definition?.connector.manifest ?? null;
  switch (ability) {
    case "package":
      return folder === null
        ? { kind: "unproven", because: "the run was not told the package's folder" }
        : offered;
    case "definition":
      return harness.definition === undefined ? unproven("definition") : offered;
    case "answers":
      return harness.answers === undefined ? unproven("answers") : offered;
    case "tokens":
      return findTokens(harness, manifest);
    case "rotating tokens":
      if (manifest !== null && !manifest.authKinds.includes("refresh_token")) {
        return beyond("no kind of authentication has a refresh token");
      }
      return findTokens(harness, manifest);
    case "stream":
      if (manifest?.streams.length === 0) return beyond("the manifest names no stream");
      return findCrm(facts);
    case "crm":
      return findCrm(facts);
    case "seeded deals":
      return findCrmPart(facts, "seedDeal");
    case "removed deals":
      return findCrmPart(facts, "remove");
    case "future checkpoints":
      return findCrmPart(facts, "futureCheckpoint");
    case "spoiled deals":
      return findCrmPart(facts, "spoilDeal");
    case "result cap":
      if (harness.crm?.resultCap === null) return beyond("the vendor caps no result");
      return findCrmPart(facts, "resultCap");
    case "forgotten past":
      if (harness.crm?.forgetPast === null) return beyond("the vendor forgets nothing");
      return findCrmPart(facts, "forgetPast");
    case "writes":
      return findWrites(facts);
    case "orders":
      if (system.billing === null && (system.erp ?? null) === null) {
        return beyond("it has no port for orders");
      }
      return findWrites(facts);
    case "closed orders":
      if (system.billing !== null && harness.billing?.close === undefined) {
        return unproven("billing.close");
      }
      if ((system.erp ?? null) !== null && harness.erp?.close === undefined) {
        return unproven("erp.close");
      }
      return offered;
    case "announcements":
      if (system.billing?.readAnnouncements === undefined) {
        return beyond("it has no log of a billing system's events to read");
      }
      return harness.billing?.announcements === undefined
        ? unproven("billing.announcements")
        : offered;
    case "forgotten announcements":
      if (harness.billing?.announcements?.forgetPast === null) {
        return beyond("the vendor forgets nothing it announced");
      }
      return harness.billing?.announcements?.forgetPast === undefined
        ? unproven("billing.announcements.forgetPast")
        : offered;
    case "webhooks":
      if (system.webhooks === null) return beyond("it receives no webhooks");
      return harness.webhooks === undefined ? unproven("webhooks") : offered;
    case "signed events":
      return harness.webhooks?.signEvents === undefined ? unproven("webhooks.signEvents") : offered;
    case "event batches":
      if (harness.webhooks?.eventsPerRequestMax === 1) {
        return beyond("the vendor sends one event a request");
      }
      return harness.webhooks?.eventsPerRequestMax === undefined
        ? unproven("webhooks.eventsPerRequestMax")
        : offered;
    case "refusal statuses":
      return harness.webhooks?.refusalStatuses === undefined
        ? unproven("webhooks.refusalStatuses")
        : offered;
    case "subscriptions":
      if ((system.subscriptions ?? null) === null) return beyond("it keeps no subscriptions");
      return harness.subscriptions === undefined ? unproven("subscriptions") : offered;
  }
}

function findTokens(
  harness: ConformanceHarness,
  manifest: ConnectorManifest | null,
): AbilityVerdict {
  if (harness.tokens !== undefined) return offered;
  if (manifest?.authKinds.every((kind) => lastingAuthKinds.has(kind))) {
    return beyond("its credentials do not expire");
  }
  return unproven("tokens");
}

function findCrm({ harness, system }: AbilityFacts): AbilityVerdict {
  if (system.crm === null) return beyond("it is no CRM");
  return harness.crm === undefined ? unproven("crm") : offered;
}

function findCrmPart(facts: AbilityFacts, part: keyof CrmConformance): AbilityVerdict {
  const crm = findCrm(facts);
  if (crm.kind !== "offered") return crm;
  return facts.harness.crm?.[part] === undefined ? unproven(`crm.${part}`) : offered;
}

function findWrites({ harness, system }: AbilityFacts): AbilityVerdict {
  const ports = ["crm", "billing", "erp"] as const;
  const there = ports.filter((port) => (system[port] ?? null) !== null);
  if (there.length === 0) return beyond("it writes nothing");
  const missing = there.find((port) => harness[port] === undefined);
  return missing === undefined ? offered : unproven(missing);
}
