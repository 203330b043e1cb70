import { validationError } from "./hubspot-error.ts";
import type { ObjectType } from "./object-types.ts";
import type { AssociationRow, Portal } from "./portal.ts";

export interface End {
  readonly type: ObjectType;
  readonly id: string;
}

/**
 * HubSpot's own association types, `from>to`: the plain one, and the one of the primary company.
 * @see https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associate-records/guide
 */
const TYPES: Readonly<Record<string, { readonly plain: number; readonly primary?: number }>> = {
  "deals>line_items": { plain: 19 },
  "line_items>deals": { plain: 20 },
  "deals>companies": { plain: 341, primary: 5 },
  "companies>deals": { plain: 342, primary: 6 },
};

export const isPrimaryType = (typeId: number): boolean => typeId === 5 || typeId === 6;

/** Ends of `type` that `from` is linked with, by id. */
export function associationsOf(portal: Portal, from: End, type: ObjectType): AssociationRow[] {
  return portal.associations
    .where("from", keyOf(from, type))
    .filter((row) => portal.table(type).get(row.toId)?.archivedMs === null)
    .sort((one, other) => (one.toId < other.toId ? -1 : 1));
}

/** Links two records both ways. The first company of a deal becomes its primary one. False when they were linked so already. */
export function associate(
  portal: Portal,
  from: End,
  to: End,
  typeIds?: readonly number[],
): boolean {
  const forth = TYPES[`${from.type}>${to.type}`];
  const back = TYPES[`${to.type}>${from.type}`];
  if (forth === undefined || back === undefined) {
    throw validationError(`${from.type} can not be associated with ${to.type} here.`);
  }
  const known = [forth.plain, ...(forth.primary === undefined ? [] : [forth.primary])];
  const unknown = typeIds?.find((id) => !known.includes(id));
  if (unknown !== undefined) {
    throw validationError(`invalid association type id ${unknown} from ${from.type} to ${to.type}`);
  }
  const before = portal.associations.get(idOf(from, to));
  const isPrimary =
    forth.primary !== undefined &&
    ((typeIds?.includes(forth.primary) ?? false) ||
      before?.typeIds.some(isPrimaryType) === true ||
      !hasPrimary(portal, from, to));
  if (isPrimary) takePrimaryFromOthers(portal, from, to);
  put(portal, from, to, isPrimary ? [forth.primary as number, forth.plain] : [forth.plain]);
  put(
    portal,
    to,
    from,
    isPrimary && back.primary !== undefined ? [back.primary, back.plain] : [back.plain],
  );
  return before === undefined;
}

/** False when there was no link. */
export function dissociate(portal: Portal, from: End, to: End): boolean {
  if (portal.associations.get(idOf(from, to)) === undefined) return false;
  portal.store.remove(portal.associations, idOf(from, to));
  portal.store.remove(portal.associations, idOf(to, from));
  return true;
}

function hasPrimary(portal: Portal, from: End, to: End): boolean {
  const [deal, company] = from.type === "deals" ? [from, to] : [to, from];
  return associationsOf(portal, deal, company.type).some((row) => row.typeIds.some(isPrimaryType));
}

/** Only one company of a deal is its primary one. */
function takePrimaryFromOthers(portal: Portal, from: End, to: End) {
  const [deal, company] = from.type === "deals" ? [from, to] : [to, from];
  for (const row of associationsOf(portal, deal, company.type)) {
    if (row.toId === company.id || !row.typeIds.some(isPrimaryType)) continue;
    const other = { type: company.type, id: row.toId };
    for (const [one, two] of [
      [deal, other],
      [other, deal],
    ] as const) {
      const held = portal.associations.get(idOf(one, two));
      if (held !== undefined)
        put(
          portal,
          one,
          two,
          held.typeIds.filter((id) => !isPrimaryType(id)),
        );
    }
  }
}

function put(portal: Portal, from: End, to: End, typeIds: readonly number[]) {
  portal.store.put(portal.associations, {
    id: idOf(from, to),
    from: keyOf(from, to.type),
    toId: to.id,
    typeIds,
  });
}

const keyOf = (from: End, type: ObjectType): string => `${from.type}/${from.id}/${type}`;
const idOf = (from: End, to: End): string => `${keyOf(from, to.type)}/${to.id}`;
