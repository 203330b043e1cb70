import { z } from "zod";
import { baseUrl } from "../../http/index.ts";

const settings = {
  /** Where the API is called; another one for a sandbox or a fake peer. */
  baseUrl: baseUrl.default("https://api.acme.example"),
  // <when kind=crm,billing>
  /** Rows a page of the read stream. */
  pageSize: z.int().min(1).max(200).default(100),
  /** How late a row may appear behind one with a later stamp. */
  overlapSeconds: z.int().min(0).max(3_600).default(60),
  // </when>
  concurrentCallsMax: z.int().min(1).max(50).default(4),
  timeoutMs: z.int().min(1_000).max(120_000).default(30_000),
};

/** What an operator enters for an Acme connection. Secrets are named in the manifest's `secretFields`. */
export const acmeConfig = z.discriminatedUnion("authKind", [
  // <when auth=api_key>
  z.strictObject({
    authKind: z.literal("api_key"),
    apiKey: z.string().min(1),
    ...settings,
  }),
  // </when>
  // <when auth=client_credentials>
  z.strictObject({
    authKind: z.literal("client_credentials"),
    clientId: z.string().min(1),
    clientSecret: z.string().min(1),
    ...settings,
  }),
  // </when>
  // <when auth=refresh_token>
  z.strictObject({
    authKind: z.literal("refresh_token"),
    clientId: z.string().min(1),
    clientSecret: z.string().min(1),
    /** Of the consent; spent on first use, and from then on the stored one counts. */
    refreshToken: z.string().min(1),
    ...settings,
  }),
  // </when>
]);

export type AcmeConfig = z.output<typeof acmeConfig>;
