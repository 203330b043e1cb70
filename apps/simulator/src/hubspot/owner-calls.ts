import { answer, type HubSpotCall, type HubSpotOperation } from "./hubspot-call.ts";
import { objectNotFound, validationError } from "./hubspot-error.ts";
import type { OwnerRow } from "./portal.ts";

const PAGE_MAX = 500;

/** People, stages and the account itself. @see https://developers.hubspot.com/docs/api-reference/crm-owners-v3/guide */
export const OWNER_CALLS: readonly HubSpotOperation[] = [
  {
    method: "get",
    path: "/crm/v3/owners",
    name: "owners.list",
    scope: "crm.objects.owners.read",
    run: listOwners,
  },
  {
    method: "get",
    path: "/crm/v3/owners/",
    name: "owners.list",
    scope: "crm.objects.owners.read",
    run: listOwners,
  },
  {
    method: "get",
    path: "/crm/v3/owners/:id",
    name: "owners.read",
    scope: "crm.objects.owners.read",
    run(call) {
      const isByUser = call.query.get("idProperty") === "userId";
      const owner = ownersOf(call).find((one) =>
        isByUser ? String(one.userId) === call.param("id") : one.id === call.param("id"),
      );
      if (owner === undefined)
        throw objectNotFound(`Owner with id ${call.param("id")} was not found`);
      return answer(200, showOwner(call, owner));
    },
  },
  {
    method: "get",
    path: "/crm/v3/pipelines/deals",
    name: "pipelines.list",
    scope: "crm.objects.deals.read",
    run(call) {
      const stages = call.portal.settings().stages.map((stage, displayOrder) => ({
        id: stage.id,
        label: stage.label,
        displayOrder,
        archived: false,
        metadata: {
          isClosed: String(stage.isClosed),
          probability: stage.isWon ? "1.0" : stage.isClosed ? "0.0" : "0.5",
        },
      }));
      const pipeline = { id: "default", label: "Sales Pipeline", displayOrder: 0, archived: false };
      return answer(200, { results: [{ ...pipeline, stages }] });
    },
  },
  {
    method: "get",
    path: "/account-info/v3/details",
    name: "account.details",
    scope: null,
    run: ({ portal }) =>
      answer(200, {
        portalId: portal.settings().portalId,
        accountType: "DEVELOPER_TEST",
        timeZone: "UTC",
        companyCurrency: "USD",
        additionalCurrencies: [],
        utcOffset: "+00:00",
        utcOffsetMilliseconds: 0,
        uiDomain: "app.hubspot.com",
        dataHostingLocation: "na1",
      }),
  },
];

function listOwners(call: HubSpotCall) {
  const limit = Number(call.query.get("limit") ?? 100);
  if (!(limit >= 1 && limit <= PAGE_MAX))
    throw validationError(`limit must be between 1 and ${PAGE_MAX}`);
  const after = call.query.get("after") ?? "";
  const email = call.query.get("email");
  const rows = ownersOf(call)
    .filter((owner) => owner.id > after && (email === null || owner.email === email))
    .sort((one, other) => (one.id < other.id ? -1 : 1));
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return answer(200, {
    results: page.map((owner) => showOwner(call, owner)),
    ...(rows.length > limit && last !== undefined ? { paging: { next: { after: last.id } } } : {}),
  });
}

/** Who left is found among the archived only. */
function ownersOf(call: HubSpotCall): OwnerRow[] {
  const wantsArchived = call.query.get("archived") === "true";
  return [...call.portal.owners.all()].filter((owner) => owner.isArchived === wantsArchived);
}

function showOwner({ portal }: HubSpotCall, owner: OwnerRow) {
  const at = new Date(portal.now()).toISOString();
  return {
    id: owner.id,
    email: owner.email,
    type: "PERSON",
    firstName: owner.firstName,
    lastName: owner.lastName,
    ...(owner.isArchived ? {} : { userId: owner.userId }),
    userIdIncludingInactive: owner.userId,
    createdAt: at,
    updatedAt: at,
    archived: owner.isArchived,
  };
}
