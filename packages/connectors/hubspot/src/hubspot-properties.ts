import type { StatusNames } from "@usher/connector-sdk/writing";

/** Internal names of the properties Usher writes on a deal. */
export function statusProperties(prefix: string): StatusNames {
  return {
    status: `${prefix}_status`,
    waitingOn: `${prefix}_waiting_on`,
    dueAt: `${prefix}_due_at`,
    activeFrom: `${prefix}_active_from`,
    activeUntil: `${prefix}_active_until`,
    problem: `${prefix}_problem`,
    summary: `${prefix}_summary`,
    url: `${prefix}_url`,
    orderId: `${prefix}_order_id`,
    sequence: `${prefix}_seq`,
  };
}

/** The property by which the renewal of an order is found again. */
export function renewalProperty(prefix: string): string {
  return `${prefix}_renewal_of`;
}

/** The only words a person outside the hub ever reads. */
const statusLadder = [
  "Received",
  "Awaiting approval",
  "Provisioning",
  "Active",
  "Action needed",
  "Rejected",
  "Canceled",
  "Ended",
] as const;

/** A property as it is to be in the portal. */
export interface WantedProperty {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly type: "string" | "number" | "datetime" | "enumeration";
  readonly fieldType: "text" | "textarea" | "number" | "date" | "select";
  readonly options: readonly string[];
  /** An order belongs to one deal only. It cannot be added to a property later. */
  readonly hasUniqueValue: boolean;
}

/** Those of statuses; where renewals are opened, also what they are found by. */
export function wantedProperties(
  prefix: string,
  { renewals = false }: { readonly renewals?: boolean } = {},
): readonly WantedProperty[] {
  const names = statusProperties(prefix);
  const property = (
    name: string,
    label: string,
    description: string,
    kind: Pick<WantedProperty, "type" | "fieldType">,
    more: Partial<WantedProperty> = {},
  ): WantedProperty => ({
    name,
    label: `Usher: ${label}`,
    description,
    options: [],
    hasUniqueValue: false,
    ...kind,
    ...more,
  });
  const text = { type: "string", fieldType: "text" } as const;
  // A datetime has the field type `date` too: the type alone tells a day from an instant.
  const instant = { type: "datetime", fieldType: "date" } as const;
  return [
    property(
      names.status,
      "status",
      "Where the order stands.",
      { type: "enumeration", fieldType: "select" },
      { options: statusLadder },
    ),
    property(names.waitingOn, "waiting on", "Who holds it, since when and until when.", text),
    property(names.dueAt, "due at", "When the one who holds it is due.", instant),
    property(names.activeFrom, "active from", "From when the customer has access.", instant),
    property(names.activeUntil, "active until", "When access ends.", instant),
    property(
      names.problem,
      "problem",
      "What is wrong, and which field of which record to change.",
      {
        type: "string",
        fieldType: "textarea",
      },
    ),
    property(names.summary, "summary", "What was granted.", text),
    property(names.url, "link", "The order in the hub.", text),
    property(names.orderId, "order id", "The hub's order of this deal.", text, {
      hasUniqueValue: true,
    }),
    property(
      names.sequence,
      "sequence",
      "Only grows: a late message never overwrites a newer one.",
      { type: "number", fieldType: "number" },
    ),
    ...(renewals
      ? [
          property(
            renewalProperty(prefix),
            "renewal of",
            "The hub's order whose term this deal renews.",
            text,
            { hasUniqueValue: true },
          ),
        ]
      : []),
  ];
}

/** Characters a text property holds. */
export const textLengthMax = 65_536;
