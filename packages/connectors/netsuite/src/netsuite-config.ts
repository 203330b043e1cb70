import { baseUrl } from "@usher/connector-sdk/http";
import { z } from "zod";
import { readSigningKey } from "./netsuite-assertion.ts";

const internalId = z
  .string()
  .regex(/^\d{1,15}$/, "expected an internal id of NetSuite, such as 54");

/** What an operator enters for a NetSuite connection. `privateKey` is a secret. */
export const netsuiteConfig = z.strictObject({
  /** As Setup → Company → Company Information shows it, such as `1234567` or `1234567_SB1`. */
  accountId: z
    .string()
    .regex(/^[A-Za-z0-9]{1,30}([_-][A-Za-z0-9]{1,20})?$/, "expected an account id of NetSuite"),
  /** Where the API is called. Null: the account's own host. */
  baseUrl: baseUrl.nullable().default(null),
  /** Of the integration record. */
  clientId: z.string().min(1),
  /** Of the mapping of certificate, entity and role: what the assertion's `kid` says. */
  certificateId: z.string().min(1),
  /** PEM of the key whose certificate was uploaded: RSA of 3,072 bits or more, or EC P-256, P-384, P-521. */
  privateKey: z.string().superRefine((pem, context) => {
    const key = readSigningKey(pem);
    if ("problem" in key) context.addIssue({ code: "custom", message: key.problem });
  }),
  /** Internal id of the subsidiary that new customers belong to; needed in OneWorld accounts. */
  subsidiary: internalId.nullable().default(null),
  /** Internal id of the income account of items that Usher makes. Null: it makes none. */
  incomeAccount: internalId.nullable().default(null),
  /** Internal id of the tax schedule of items that Usher makes, where the account wants one. */
  taxSchedule: internalId.nullable().default(null),
  /** What items that Usher makes are. */
  itemRecord: z.enum(["nonInventorySaleItem", "serviceSaleItem"]).default("serviceSaleItem"),
  /** `approved`: accounting can bill at once; `pending_approval`: somebody there approves first. */
  orderStatus: z.enum(["approved", "pending_approval"]).default("approved"),
  /** `async`: orders are put into NetSuite's queue under an idempotency key; for very long orders. */
  orderWrites: z.enum(["sync", "async"]).default("sync"),
  /** Of the account's limit, which all its integrations share: 5 without licenses. */
  concurrentCallsMax: z.int().min(1).max(50).default(4),
  timeoutMs: z.int().min(1_000).max(120_000).default(45_000),
});

export type NetsuiteConfig = z.output<typeof netsuiteConfig>;

/** `1234567_SB1` is `1234567-sb1` in host names. */
export function accountOrigin({ accountId }: Pick<NetsuiteConfig, "accountId">): string {
  return `https://${accountId.toLowerCase().replaceAll("_", "-")}.suitetalk.api.netsuite.com`;
}
