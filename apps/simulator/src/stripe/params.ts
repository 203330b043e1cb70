import { parseDecimal } from "../decimal.ts";
import type { FormTree } from "./form-tree.ts";
import { invalidRequest } from "./stripe-error.ts";

export type Metadata = Readonly<Record<string, string>>;

/**
 * Reads the parameters of one request and remembers which were read: what is left over at
 * `finish` is refused as Stripe refuses an unknown parameter. A parameter that Stripe has and the
 * simulator has not is refused too, rather than silently ignored.
 */
export interface Params {
  has(name: string): boolean;
  /** Undefined when absent or empty. */
  text(name: string): string | undefined;
  /** Null when given empty: the caller asks to unset. */
  textOrUnset(name: string): string | null | undefined;
  requiredText(name: string): string;
  oneOf<T extends string>(name: string, values: readonly T[]): T | undefined;
  integer(name: string): number | undefined;
  boolean(name: string): boolean | undefined;
  /** A decimal string such as `12.5`. */
  decimal(name: string): string | undefined;
  currency(name: string): string | undefined;
  texts(name: string): readonly string[] | undefined;
  object(name: string): Params | undefined;
  objects(name: string): readonly Params[] | undefined;
  /** `current` with the given keys set, and those given empty removed. */
  metadata(current: Metadata): Metadata;
  /** The parameter's full name: `items[0][price]`. */
  nameOf(name: string): string;
  finish(): void;
}

export function createParams(tree: FormTree, prefix = ""): Params {
  const read = new Set<string>();
  const nested: Params[] = [];
  const nameOf = (name: string) => (prefix === "" ? name : `${prefix}[${name}]`);

  function raw(name: string): string | undefined {
    read.add(name);
    const value = tree.get(name);
    if (value === undefined || typeof value === "string") return value;
    throw invalidRequest(`Invalid string: ${nameOf(name)}`, { param: nameOf(name) });
  }

  function text(name: string): string | undefined {
    const value = raw(name);
    return value === "" ? undefined : value;
  }

  function child(name: string): FormTree | undefined {
    read.add(name);
    const value = tree.get(name);
    if (value === undefined || value === "") return undefined;
    if (typeof value === "string") throw invalidRequest(`Invalid object`, { param: nameOf(name) });
    return value;
  }

  function integer(name: string): number | undefined {
    const value = text(name);
    if (value === undefined) return undefined;
    if (/^-?\d{1,15}$/.test(value)) return Number(value);
    throw invalidRequest(`Invalid integer: ${value}`, {
      code: "parameter_invalid_integer",
      param: nameOf(name),
    });
  }

  function boolean(name: string): boolean | undefined {
    const value = text(name);
    if (value === undefined) return undefined;
    if (value === "true" || value === "false") return value === "true";
    throw invalidRequest(`Invalid boolean: ${value}`, { param: nameOf(name) });
  }

  function object(name: string): Params | undefined {
    const value = child(name);
    if (value === undefined) return undefined;
    const params = createParams(value, nameOf(name));
    nested.push(params);
    return params;
  }

  function objects(name: string): readonly Params[] | undefined {
    const value = child(name);
    if (value === undefined) return undefined;
    return [...value.entries()].map(([key, item]) => {
      if (typeof item === "string") throw invalidRequest("Invalid array", { param: nameOf(name) });
      const params = createParams(item, `${nameOf(name)}[${key}]`);
      nested.push(params);
      return params;
    });
  }

  function metadata(current: Metadata): Metadata {
    read.add("metadata");
    const given = tree.get("metadata");
    if (given === undefined) return current;
    if (typeof given === "string") {
      if (given === "") return {};
      throw invalidRequest("Invalid object", { param: nameOf("metadata") });
    }
    const next: Record<string, string> = { ...current };
    for (const [key, value] of given) {
      const param = `${nameOf("metadata")}[${key}]`;
      if (typeof value !== "string")
        throw invalidRequest("Metadata values must be strings", { param });
      if (key.length > 40)
        throw invalidRequest("Metadata keys may have up to 40 characters", { param });
      if (value.length > 500)
        throw invalidRequest(
          `Metadata values can have up to 500 characters, but you passed in a value that is ${value.length} characters.`,
          { param },
        );
      if (value === "") delete next[key];
      else next[key] = value;
    }
    if (Object.keys(next).length > 50) {
      throw invalidRequest("You may have up to 50 metadata keys", { param: nameOf("metadata") });
    }
    return next;
  }

  return {
    has: (name) => tree.has(name),
    text,
    textOrUnset: (name) => {
      const value = raw(name);
      return value === "" ? null : value;
    },
    requiredText(name) {
      const value = text(name);
      if (value !== undefined) return value;
      const param = nameOf(name);
      throw invalidRequest(`Missing required param: ${param}.`, {
        code: "parameter_missing",
        param,
      });
    },
    oneOf(name, values) {
      const value = text(name);
      const known = values.find((one) => one === value);
      if (value === undefined || known !== undefined) return known;
      throw invalidRequest(`Invalid ${nameOf(name)}: must be one of ${values.join(", ")}`, {
        param: nameOf(name),
      });
    },
    integer,
    boolean,
    decimal(name) {
      const value = text(name);
      if (value === undefined || parseDecimal(value) !== undefined) return value;
      throw invalidRequest(`Invalid decimal: ${value}`, { param: nameOf(name) });
    },
    currency(name) {
      const value = text(name)?.toLowerCase();
      if (value === undefined || /^[a-z]{3}$/.test(value)) return value;
      throw invalidRequest(`Invalid currency: ${value}.`, { param: nameOf(name) });
    },
    texts(name) {
      const value = child(name);
      return value && [...value.values()].map(String);
    },
    object,
    objects,
    metadata,
    nameOf,
    finish() {
      for (const name of tree.keys()) {
        if (read.has(name)) continue;
        throw invalidRequest(
          `Received unknown parameter: ${nameOf(name)} (or one that this simulator does not know)`,
          {
            code: "parameter_unknown",
            param: nameOf(name),
          },
        );
      }
      for (const one of nested) one.finish();
    },
  };
}
