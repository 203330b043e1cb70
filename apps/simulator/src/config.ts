import { z } from "zod";

const text = z.string().min(1).optional();
const wholeNumber = z.coerce.number().int();

const environment = z.object({
  SIMULATOR_HOST: z.string().min(1).default("127.0.0.1"),
  /** 0: a free port; the address is printed. */
  SIMULATOR_PORT: wholeNumber.min(0).max(65_535).default(4_100),
  /** Folder of the journal. Unset: the state ends with the process. */
  SIMULATOR_JOURNAL: text,
  SIMULATOR_SEED: wholeNumber.min(0).max(4_294_967_295).optional(),
  SIMULATOR_SALESFORCE_CLIENT_ID: text,
  SIMULATOR_SALESFORCE_CLIENT_SECRET: text,
  /** `false`: the org has none of the status fields yet. */
  SIMULATOR_SALESFORCE_FIELDS_DEPLOYED: z.enum(["true", "false"]).default("true"),
  SIMULATOR_SALESFORCE_FIELD_PREFIX: text,
  /** Set: Salesforce's Pub/Sub API on this port (0: a free one; the address is printed), with events of opportunities. */
  SIMULATOR_SALESFORCE_PUBSUB_PORT: wholeNumber.min(0).max(65_535).optional(),
  SIMULATOR_STRIPE_SECRET_KEY: text,
  SIMULATOR_HUBSPOT_ACCESS_TOKEN: text,
  SIMULATOR_HUBSPOT_CLIENT_ID: text,
  SIMULATOR_HUBSPOT_CLIENT_SECRET: text,
  SIMULATOR_HUBSPOT_REFRESH_TOKEN: text,
  /** `false`: the portal has none of the status properties yet. */
  SIMULATOR_HUBSPOT_PROPERTIES_CREATED: z.enum(["true", "false"]).default("true"),
  SIMULATOR_HUBSPOT_PROPERTY_PREFIX: text,
  /** How long a draft that advances by itself waits; Stripe: an hour. */
  SIMULATOR_STRIPE_AUTO_FINALIZE_MS: wholeNumber.min(0).optional(),
});

/** What the simulator's process reads from its environment; throws one sentence a wrong value. */
export function readConfig(env: NodeJS.ProcessEnv = process.env) {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`The simulator's environment is not usable: ${faults.join("; ")}.`);
  }
  const value = parsed.data;
  const pubSubPort = value.SIMULATOR_SALESFORCE_PUBSUB_PORT;
  return {
    host: value.SIMULATOR_HOST,
    port: value.SIMULATOR_PORT,
    folder: value.SIMULATOR_JOURNAL,
    seed: value.SIMULATOR_SEED,
    salesforce: {
      clientId: value.SIMULATOR_SALESFORCE_CLIENT_ID,
      clientSecret: value.SIMULATOR_SALESFORCE_CLIENT_SECRET,
      fieldsDeployed: value.SIMULATOR_SALESFORCE_FIELDS_DEPLOYED === "true",
      fieldPrefix: value.SIMULATOR_SALESFORCE_FIELD_PREFIX,
      changeDataCapture: pubSubPort === undefined ? [] : ["Opportunity"],
    },
    ...(pubSubPort === undefined ? {} : { pubSub: { port: pubSubPort } }),
    stripe: {
      secretKey: value.SIMULATOR_STRIPE_SECRET_KEY,
      autoFinalizeAfterMs: value.SIMULATOR_STRIPE_AUTO_FINALIZE_MS,
    },
    hubspot: {
      accessToken: value.SIMULATOR_HUBSPOT_ACCESS_TOKEN,
      clientId: value.SIMULATOR_HUBSPOT_CLIENT_ID,
      clientSecret: value.SIMULATOR_HUBSPOT_CLIENT_SECRET,
      refreshToken: value.SIMULATOR_HUBSPOT_REFRESH_TOKEN,
      propertiesCreated: value.SIMULATOR_HUBSPOT_PROPERTIES_CREATED === "true",
      propertyPrefix: value.SIMULATOR_HUBSPOT_PROPERTY_PREFIX,
    },
  };
}
