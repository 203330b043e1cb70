/** The CRM objects that have a table here; a further one is added to this list. */
export const OBJECT_TYPES = ["deals", "line_items", "companies", "products"] as const;
export type ObjectType = (typeof OBJECT_TYPES)[number];

const TYPE_IDS: Readonly<Record<ObjectType, string>> = {
  companies: "0-2",
  deals: "0-3",
  products: "0-7",
  line_items: "0-8",
};

/** Paths and bodies name a type by its plural, its singular or its id. */
export function parseObjectType(text: string): ObjectType | undefined {
  return OBJECT_TYPES.find(
    (type) => text === type || text === TYPE_IDS[type] || text === singularOf(type),
  );
}

export const typeIdOf = (type: ObjectType): string => TYPE_IDS[type];

/** As webhooks name it: `deal.creation`. */
export function singularOf(type: ObjectType): string {
  return type === "companies" ? "company" : type.slice(0, -1);
}
