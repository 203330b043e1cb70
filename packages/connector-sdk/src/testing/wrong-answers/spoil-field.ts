/** A JSON document whose numbers keep their digits on the way through the kit. */
export type Document =
  | null
  | boolean
  | string
  | RawNumber
  | Document[]
  | { [key: string]: Document };

interface RawNumber {
  readonly rawJSON: string;
}

/** Newer than TypeScript's library; Node has had it since 22. https://tc39.es/proposal-json-parse-with-source/ */
const rawJson = JSON as unknown as {
  readonly rawJSON: (source: string) => RawNumber;
  readonly isRawJSON: (value: unknown) => value is RawNumber;
};

export function parseDocument(text: string): Document {
  const keepDigits = (_: string, value: unknown, { source }: { readonly source?: string }) =>
    typeof value === "number" && source !== undefined ? rawJson.rawJSON(source) : value;
  return JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown) as Document;
}

export type Step = string | number;

/** One thing about one value of an answer that is not as documented. */
export interface FieldFault {
  readonly path: readonly Step[];
  readonly kind: FieldFaultKind;
}

const foreignUrl = "https://foreign.example/steal";

/** What each does to a value; `undefined` takes the field away. Null where it is not about such a value. */
const faults = {
  missing: () => ({ to: undefined }),
  null: (value: Document) => (value === null ? null : { to: null }),
  "of another type": (value: Document) => ({ to: ofAnotherType(value) }),
  "inside an object": (value: Document) => ({ to: { value } }),
  "inside a list": (value: Document) => ({ to: [value] }),
  huge: (value: Document) => {
    if (typeof value === "string") return { to: value.padEnd(20_000, "x") };
    return rawJson.isRawJSON(value) ? { to: rawJson.rawJSON(`9${"0".repeat(400)}`) } : null;
  },
  turned: (value: Document) => (typeof value === "boolean" ? { to: !value } : null),
  "a foreign address": (value: Document) =>
    typeof value === "string" && /^(https?:\/)?\//.test(value) ? { to: foreignUrl } : null,
  empty: (value: Document) => (Array.isArray(value) && value.length > 0 ? { to: [] } : null),
  "with a null among them": (value: Document) =>
    Array.isArray(value) ? { to: [null, ...value] } : null,
  "with a text among them": (value: Document) =>
    Array.isArray(value) ? { to: [...value, "text"] } : null,
} satisfies Record<string, (value: Document) => { readonly to: Document | undefined } | null>;

export type FieldFaultKind = keyof typeof faults;

/** Every fault of every value; of a list, of the list and its first item. */
export function fieldFaultsOf(document: Document): readonly FieldFault[] {
  const kinds = Object.keys(faults) as FieldFaultKind[];
  return pathsOf(document).flatMap(({ path, value }) =>
    kinds
      .filter((kind) => faults[kind](value) !== null)
      .filter((kind) => kind !== "missing" || typeof path.at(-1) === "string")
      .map((kind) => ({ path, kind })),
  );
}

/** A copy of the document with all of these faults in it. */
export function spoilFields(document: Document, given: readonly FieldFault[]): Document {
  const copy = copyOf(document);
  // The deepest first: what is taken away or wrapped has no inside any more.
  for (const { path, kind } of given.toSorted((a, b) => b.path.length - a.path.length)) {
    const last = path.at(-1);
    const parent = path.slice(0, -1).reduce<Document | undefined>(stepInto, copy);
    if (last === undefined || parent === undefined) continue;
    const fault = faults[kind](stepInto(parent, last) ?? null);
    const holder = parent as Record<Step, Document>;
    if (fault?.to === undefined) delete holder[last];
    else holder[last] = fault.to;
  }
  return copy;
}

/** The innermost object around the value that says by a field `object` what it is, as Stripe's do. */
export function findNamedObject(
  document: Document,
  path: readonly Step[],
): { readonly name: string; readonly depth: number } | null {
  let inner: { readonly name: string; readonly depth: number } | null = null;
  let value: Document | undefined = document;
  for (const [depth, step] of path.entries()) {
    const name = stepInto(value, "object");
    if (typeof name === "string") inner = { name, depth };
    value = stepInto(value, step);
  }
  return inner;
}

export function sayField({ path, kind }: FieldFault): string {
  return `${path.join(".")} ${kind}`;
}

function ofAnotherType(value: Document): Document {
  if (typeof value === "string") return rawJson.rawJSON("12345");
  if (Array.isArray(value)) return { 0: "text" };
  return typeof value === "boolean" ? "perhaps" : "text";
}

function pathsOf(
  value: Document,
  path: readonly Step[] = [],
): readonly { readonly path: readonly Step[]; readonly value: Document }[] {
  const own = path.length === 0 ? [] : [{ path, value }];
  if (value === null || typeof value !== "object" || rawJson.isRawJSON(value)) return own;
  const inside = Array.isArray(value)
    ? value.slice(0, 1).flatMap((one, index) => pathsOf(one, [...path, index]))
    : Object.entries(value).flatMap(([key, one]) => pathsOf(one, [...path, key]));
  return [...own, ...inside];
}

function stepInto(value: Document | undefined, step: Step): Document | undefined {
  if (value === null || typeof value !== "object" || rawJson.isRawJSON(value)) return undefined;
  return (value as Record<Step, Document>)[step];
}

function copyOf(value: Document): Document {
  if (value === null || typeof value !== "object" || rawJson.isRawJSON(value)) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, copyOf(one)]));
}
