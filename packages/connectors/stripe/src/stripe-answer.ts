import { connectorFailure } from "@usher/connector-sdk/http";

/**
 * Throws unless the text is an answer that stripe-node's types are true of, as far as this connector
 * uses them. stripe-node hands on what it parsed, unchecked: an answer such as `42` ends the process,
 * outside of any promise; a list without its `data` fails wherever it is used; an invoice without
 * metadata reads as somebody else's. In Stripe's API a field of one name has one type in all
 * objects, so that one table holds for every answer.
 * @see https://docs.stripe.com/api
 */
export function mustBeStripeAnswer(input: {
  readonly text: string;
  readonly isWrite: boolean;
  /** `GET /v1/invoices`, for messages. */
  readonly request: string;
  /** The id after which a list was asked to go on; null where it was not. */
  readonly startingAfter: string | null;
  readonly requestId: string | null;
}): void {
  const { text, isWrite, request, requestId, startingAfter } = input;
  const value = parse(text);
  if (value === undefined) {
    throw connectorFailure({
      category: isWrite ? "outcome_unknown" : "transient",
      message: `${request}: expected JSON of Stripe, got ${text.length} characters that are none. Something in between may have answered instead.`,
      vendorRequestId: requestId,
    });
  }
  // An error that came with status 200: stripe-node throws it.
  if (isObject(value) && isObject(value["error"])) return;
  const fault = findRootFault(value, startingAfter) ?? findFault(value, "answer");
  if (fault === null) return;
  throw connectorFailure({
    category: "schema_drift",
    message: `${request}: the answer has another shape than documented: ${fault}.`,
    vendorRequestId: requestId,
  });
}

type Values = Readonly<Record<string, unknown>>;
interface FieldType {
  readonly name: string;
  readonly holds: (value: unknown) => boolean;
}

const text: FieldType = { name: "a text", holds: (value) => typeof value === "string" };
const wholeNumber: FieldType = { name: "a whole number", holds: Number.isSafeInteger };
const flag: FieldType = { name: "true or false", holds: (value) => typeof value === "boolean" };
const object: FieldType = { name: "an object", holds: isObject };
const list: FieldType = {
  name: "a list of objects",
  holds: (value) => Array.isArray(value) && value.every(isObject),
};
const listed: FieldType = {
  name: "a list of objects with ids",
  holds: (value) =>
    Array.isArray(value) && value.every((one) => isObject(one) && typeof one["id"] === "string"),
};
const decimal: FieldType = {
  name: "a decimal number as text",
  holds: (value) => typeof value === "string" && /^-?\d{1,30}(\.\d{1,30})?$/.test(value),
};
const texts: FieldType = {
  name: "an object of texts",
  holds: (value) => isObject(value) && Object.values(value).every((one) => typeof one === "string"),
};
/** A page of objects, or, in a schedule's phase, all of them. */
const pageOrList: FieldType = {
  name: "a list",
  holds: (value) => list.holds(value) || (isObject(value) && value["object"] === "list"),
};
/** An id, or the object itself where it was asked to be expanded. */
const reference: FieldType = {
  name: "an id or an object",
  holds: (value) => typeof value === "string" || isObject(value),
};

/** Of the fields this connector reads; any of them may be null or missing unless `needed` names it. */
const types: Readonly<Record<string, FieldType>> = {
  active: flag,
  attempted: flag,
  created: wholeNumber,
  currency: text,
  current_phase: object,
  customer: reference,
  end_date: wholeNumber,
  entitlement_feature: object,
  expires_at: wholeNumber,
  has_more: flag,
  id: text,
  interval: text,
  invoice: reference,
  items: pageOrList,
  lines: pageOrList,
  lookup_key: text,
  metadata: texts,
  name: text,
  next_page: text,
  object: text,
  parent: object,
  payment_status: text,
  phases: list,
  price: reference,
  product: reference,
  quantity: wholeNumber,
  recurring: object,
  schedule: reference,
  start_date: wholeNumber,
  status: text,
  subscription: reference,
  subscription_details: object,
  total: wholeNumber,
  trial_end: wholeNumber,
  type: text,
  unit_amount: wholeNumber,
  url: text,
};

/** What an object of this kind always has, as far as something is read from its being there. */
const needed: Readonly<Record<string, readonly string[]>> = {
  list: ["data", "has_more"],
  search_result: ["data", "has_more"],
  event: ["id", "type", "created", "data"],
  customer: ["id"],
  product: ["id"],
  invoice: ["id", "status", "metadata"],
  subscription: ["id", "status", "metadata", "items"],
  subscription_schedule: ["id", "status", "phases"],
  "checkout.session": ["id", "status", "payment_status", "metadata", "expires_at", "url"],
  "entitlements.feature": ["id", "lookup_key", "name"],
  product_feature: ["id", "entitlement_feature"],
};

/** Every answer is one object with an id, or a list of them. */
function findRootFault(value: unknown, startingAfter: string | null): string | null {
  if (!isObject(value)) return "it is no object";
  const { object: kind, id, data } = value;
  // A page that begins again would be read two thousand times by a list that pages itself.
  const isAgain =
    startingAfter !== null &&
    Array.isArray(data) &&
    data.some((one) => isObject(one) && one["id"] === startingAfter);
  if (isAgain) return `answer.data holds ${startingAfter}, after which it had to go on`;
  if (typeof kind !== "string") return "answer.object is not a text";
  if (kind === "list" || kind === "search_result" || typeof id === "string") return null;
  return "answer.id is not a text";
}

/** What is never null either. */
const neverNull: Readonly<Record<string, readonly string[]>> = {
  customer: ["metadata"],
  subscription: ["metadata", "items"],
  subscription_item: ["metadata"],
  subscription_schedule: ["phases"],
};

/** The first place where the value is not as documented, as a clause; null where there is none. */
function findFault(value: unknown, path: string): string | null {
  if (Array.isArray(value)) {
    return firstOf(value, (one, index) => findFault(one, `${path}.${index}`));
  }
  if (!isObject(value)) return null;
  const { object: kind, data, has_more: hasMore } = value;
  if (kind === "list" || kind === "search_result") {
    if (!listed.holds(data)) return `${path}.data is not ${listed.name}`;
    if (hasMore === true && Array.isArray(data) && data.length === 0) {
      return `${path}.has_more is true after nothing, and there is nothing to go on from`;
    }
  }
  // Something deleted says so, and little else.
  const wanted = value["deleted"] === true ? [] : (needed[String(kind)] ?? []);
  const missing =
    wanted.find((key) => value[key] === undefined) ??
    (neverNull[String(kind)] ?? []).find((key) => value[key] === undefined || value[key] === null);
  if (missing !== undefined) return `${path}.${missing} is missing`;
  if (kind === "subscription" && Array.isArray(value["items"])) {
    return `${path}.items is not a page of items`;
  }
  return firstOf(Object.entries(value), ([key, one]) => {
    const at = `${path}.${key}`;
    const type = key.endsWith("_decimal") ? decimal : types[key];
    if (type !== undefined && one !== null && !type.holds(one)) return `${at} is not ${type.name}`;
    // People put anything they like into metadata, under any name.
    if (key === "metadata") return null;
    return kind === "event" && key === "data" ? findPayloadFault(one, at) : findFault(one, at);
  });
}

/** An event's payload is of the version its endpoint was made for; only what it is about is read. */
function findPayloadFault(value: unknown, path: string): string | null {
  const about = isObject(value) ? value["object"] : null;
  if (!isObject(about)) return `${path}.object is not ${object.name}`;
  const isNamed = typeof about["id"] === "string" && typeof about["object"] === "string";
  return isNamed ? null : `${path}.object does not say which object it is about`;
}

function firstOf<T>(
  values: readonly T[],
  find: (value: T, index: number) => string | null,
): string | null {
  for (const [index, value] of values.entries()) {
    const fault = find(value, index);
    if (fault !== null) return fault;
  }
  return null;
}

function isObject(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parse(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return undefined;
  }
}
