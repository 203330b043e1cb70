import type { PropertyDefinition, PropertyType } from "./property-definitions.ts";

export const USHER_GROUP = { name: "usher", label: "Usher" } as const;

const LADDER = [
  "Received",
  "Awaiting approval",
  "Provisioning",
  "Active",
  "Action needed",
  "Rejected",
  "Canceled",
  "Ended",
];

/** What an administrator has who created the hub's properties on deals. */
export function usherProperties(prefix: string): readonly PropertyDefinition[] {
  const own = (
    name: string,
    type: PropertyType,
    fieldType: string,
    more: Partial<PropertyDefinition> = {},
  ): PropertyDefinition => ({
    name: `${prefix}_${name}`,
    label: `Usher ${name.replaceAll("_", " ")}`,
    type,
    fieldType,
    groupName: USHER_GROUP.name,
    description: "",
    options: [],
    hasUniqueValue: false,
    isReadOnly: false,
    hubspotDefined: false,
    ...more,
  });
  return [
    own("status", "enumeration", "select", {
      options: LADDER.map((value) => ({ label: value, value })),
    }),
    own("waiting_on", "string", "text"),
    own("due_at", "datetime", "date"),
    own("active_from", "datetime", "date"),
    own("active_until", "datetime", "date"),
    own("problem", "string", "textarea"),
    own("summary", "string", "text"),
    own("url", "string", "text"),
    own("order_id", "string", "text", { hasUniqueValue: true }),
    own("seq", "number", "number"),
    own("renewal_of", "string", "text", { hasUniqueValue: true }),
  ];
}
