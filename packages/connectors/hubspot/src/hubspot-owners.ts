import { parseShape } from "@usher/connector-sdk/http";
import type { CallContext } from "@usher/connector-sdk/spec";
import type { DealPerson } from "@usher/entitlement-core/deal";
import { z } from "zod";
import type { HubSpotClient } from "./hubspot-client.ts";

/** People of the portal, as deals name them. */
export interface HubSpotOwners {
  /** Knows every owner named, or looks once more. */
  load(wanted: readonly string[], context: CallContext): Promise<HubSpotOwnerList>;
}

export interface HubSpotOwnerList {
  readonly byOwnerId: (ownerId: string) => DealPerson | null;
  readonly byUserId: (userId: string) => DealPerson | null;
}

const ownerPage = z.looseObject({
  results: z.array(
    z.looseObject({
      id: z.string(),
      userId: z.union([z.int(), z.string()]).nullish(),
      userIdIncludingInactive: z.union([z.int(), z.string()]).nullish(),
      email: z.string().nullish(),
      firstName: z.string().nullish(),
      lastName: z.string().nullish(),
    }),
  ),
  paging: z.looseObject({ next: z.looseObject({ after: z.string() }).nullish() }).nullish(),
});
type Owner = z.output<typeof ownerPage>["results"][number];

const pageSize = 500;
const pagesMax = 100;
const freshForMs = 10 * 60_000;

/**
 * The portal's owners, read whole and kept for ten minutes: a call for each deal's owner would cost
 * a hundred. Those who left are asked for only when a deal still names one.
 */
export function createHubSpotOwners(input: {
  readonly client: HubSpotClient;
  readonly now: () => number;
}): HubSpotOwners {
  const { client, now } = input;
  let owners = new Map<string, Owner>();
  let missing = new Set<string>();
  let readAtMs = Number.NEGATIVE_INFINITY;
  let pending: Promise<void> | null = null;

  async function read(isArchived: boolean, context: CallContext): Promise<readonly Owner[]> {
    const what = "Reading the portal's owners";
    const all: Owner[] = [];
    let after: string | undefined;
    for (let page = 0; page < pagesMax; page += 1) {
      const from = after;
      const value = await client.call(
        {
          what,
          isWrite: false,
          run: (apis) => apis.owners.getPage(undefined, from, pageSize, isArchived),
        },
        context,
      );
      const { results, paging } = parseShape({ schema: ownerPage, value, what });
      all.push(...results);
      const next = paging?.next?.after;
      if (next === undefined || next === after || results.length === 0) return all;
      after = next;
    }
    return all;
  }

  async function refresh(wanted: readonly string[], context: CallContext): Promise<void> {
    const isFresh = now() - readAtMs < freshForMs;
    if (!isFresh) {
      owners = new Map((await read(false, context)).map((owner) => [owner.id, owner]));
      missing = new Set();
      readAtMs = now();
    }
    const unknown = wanted.filter((id) => !owners.has(id) && !missing.has(id));
    if (unknown.length === 0) return;
    for (const owner of await read(true, context)) {
      if (!owners.has(owner.id)) owners.set(owner.id, owner);
    }
    for (const id of unknown) if (!owners.has(id)) missing.add(id);
  }

  return {
    async load(wanted, context) {
      // Calls at once share one read; the one who waited looks again for what it wants itself.
      await pending?.catch(() => undefined);
      const mine = refresh(wanted, context);
      pending = mine;
      try {
        await mine;
      } finally {
        if (pending === mine) pending = null;
      }
      const byUser = new Map(
        [...owners.values()].map((owner) => [
          String(owner.userId ?? owner.userIdIncludingInactive ?? ""),
          owner,
        ]),
      );
      return {
        byOwnerId: (id) => toPerson(owners.get(id)),
        byUserId: (id) => (id === "" ? null : toPerson(byUser.get(id))),
      };
    },
  };
}

function toPerson(owner: Owner | undefined): DealPerson | null {
  const email = owner?.email ?? "";
  if (email === "") return null;
  const name = `${owner?.firstName ?? ""} ${owner?.lastName ?? ""}`.trim();
  return { email, name: name === "" ? email : name };
}
