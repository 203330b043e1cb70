import type { Context } from "hono";
import type { z } from "zod";
import type { NodeEnv } from "../http-answer.ts";
import { VENDORS, type Vendor } from "../vendor.ts";
import { ControlError } from "./control-error.ts";

/** The body, parsed once at the door; an empty one is `{}`. */
export async function readJson<Schema extends z.ZodType>(
  context: Context<NodeEnv>,
  schema: Schema,
): Promise<z.output<Schema>> {
  const text = await context.req.text();
  let value: unknown;
  try {
    value = text === "" ? {} : JSON.parse(text);
  } catch (error) {
    throw new ControlError(
      400,
      `The body is no JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return schema.parse(value);
}

export function vendorOf(context: Context<NodeEnv>): Vendor | undefined {
  const text = context.req.query("vendor");
  if (text === undefined) return undefined;
  const vendor = VENDORS.find((one) => one === text);
  if (vendor === undefined)
    throw new ControlError(422, `vendor is one of ${VENDORS.join(", ")}, got ${text}.`);
  return vendor;
}

export function numberOf(context: Context<NodeEnv>, name: string, otherwise: number): number {
  const text = context.req.query(name);
  if (text === undefined || text === "") return otherwise;
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new ControlError(422, `${name} is a whole number, got ${text}.`);
}

export function withoutUndefined<T extends object>(
  value: T,
): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never;
}
