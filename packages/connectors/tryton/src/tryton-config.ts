import { baseUrl } from "@usher/connector-sdk/http";
import { z } from "zod";

/** What an operator enters for a Tryton connection. `password` is a secret. */
export const trytonConfig = z.strictObject({
  baseUrl,
  database: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/, "expected the name of a Tryton database"),
  /** An account of its own: its groups are in the README. A colon would break Tryton's session header. */
  user: z.string().regex(/^[^:\s]{1,200}$/, "expected a login without colon and spaces"),
  password: z.string().min(1),
  /** Name of the company that sells. Null: the account's own. */
  company: z.string().min(1).nullable().default(null),
  /**
   * Name of the accounting category of products that Usher makes. Null: it makes none, and an
   * order of a sku that Tryton does not have is refused.
   */
  accountCategory: z.string().min(1).nullable().default(null),
  /** Symbol of the unit of products that Usher makes. */
  unit: z.string().min(1).default("u"),
  /** `order`: a draft invoice as soon as the sale is processed; `manual`: accounting asks for it. */
  invoiceMethod: z.enum(["order", "manual"]).default("order"),
  concurrentCallsMax: z.int().min(1).max(32).default(4),
  timeoutMs: z.int().min(1_000).max(120_000).default(30_000),
});

export type TrytonConfig = z.output<typeof trytonConfig>;
