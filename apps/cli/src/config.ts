import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { CliFailure } from "./cli-failure.ts";

/** The root of the checkout: the CLI runs from a clone. */
export const projectRoot = resolve(fileURLToPath(new URL("../../..", import.meta.url)));

const environmentSchema = z.object({
  USHER_URL: z
    .url("expected an address such as https://usher.example.com")
    .optional()
    .describe("the hub that commands talk to; without it, the demo started here"),
  USHER_API_KEY: z.string().optional().describe("the key for that hub, usher_sk_…"),
  USHER_HOME: z
    .string()
    .default(join(projectRoot, ".usher"))
    .describe("where `start` keeps data, logs and demo.json"),
  USHER_PORT: z.coerce
    .number("expected a port, 0 to 65532")
    .int("expected a port, 0 to 65532")
    .min(0, "expected a port, 0 to 65532")
    .max(65_532, "expected a port, 0 to 65532")
    .default(8700)
    .describe("where `start` begins to look for free ports; the three above it are used too"),
  DATABASE_URL: z
    .string()
    .optional()
    .describe("PostgreSQL for `start`, as a role that may create roles; without it, its own"),
  TEMPORAL_ADDRESS: z
    .string()
    .optional()
    .describe("host:port of Temporal for `start`; without it, its own server"),
  USHER_SAMPLE_DATA: z.string().optional().describe("the folder that `import crm-csv` loads"),
  NO_COLOR: z.string().optional().describe("set to anything: no colors"),
});

/** What `usher start` leaves behind for other programs. The shape is a fixed point of the design. */
const demoFileSchema = z.object({
  base_url: z.string(),
  api_key: z.string(),
  console_url: z.string(),
  temporal_address: z.string(),
  database_url: z.string(),
  simulator: z.record(z.string(), z.looseObject({ url: z.string() })),
});

export type DemoFile = z.infer<typeof demoFileSchema>;

export interface CliConfig {
  readonly home: string;
  readonly port: number;
  readonly databaseUrl: string | undefined;
  readonly temporalAddress: string | undefined;
  readonly sampleData: string | undefined;
  readonly hub: { readonly baseUrl: string; readonly apiKey: string } | undefined;
  readonly demo: DemoFile | undefined;
  /** Why there is a demo file and yet no demo. */
  readonly demoFault: string | undefined;
}

/**
 * Reads the environment once. The hub is `USHER_URL` with `USHER_API_KEY`, else the one that
 * `usher start` left in `.usher/demo.json`.
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): CliConfig {
  // An empty variable counts as left out, as shells and compose files write it.
  const given = Object.fromEntries(Object.entries(environment).filter(([, text]) => text !== ""));
  const { data: parsed, error } = environmentSchema.safeParse(given);
  if (parsed === undefined) {
    const faults = error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new CliFailure(`The environment is not right. ${faults.join("; ")}.`, {
      hint: "Correct it, or unset it for what holds without it.",
    });
  }
  const { demo, fault } = readDemoFile(parsed.USHER_HOME);
  const baseUrl = parsed.USHER_URL ?? demo?.base_url;
  const apiKey = parsed.USHER_API_KEY ?? demo?.api_key;
  return {
    home: parsed.USHER_HOME,
    port: parsed.USHER_PORT,
    databaseUrl: parsed.DATABASE_URL,
    temporalAddress: parsed.TEMPORAL_ADDRESS,
    sampleData: parsed.USHER_SAMPLE_DATA,
    hub: baseUrl && apiKey ? { baseUrl, apiKey } : undefined,
    demo,
    demoFault: fault,
  };
}

/** Every variable the CLI reads: whether it is set, and what it is for. Values stay where they are. */
export function describeEnvironment(
  environment: NodeJS.ProcessEnv = process.env,
): readonly { readonly name: string; readonly isSet: boolean; readonly about: string }[] {
  return Object.entries(environmentSchema.shape).map(([name, schema]) => ({
    name,
    isSet: (environment[name] ?? "") !== "",
    about: schema.description ?? "",
  }));
}

export const demoFilePath = (home: string): string => join(home, "demo.json");

/** A file that cannot be read is no demo: `start` writes it anew, and the others say so. */
function readDemoFile(home: string): {
  readonly demo: DemoFile | undefined;
  readonly fault: string | undefined;
} {
  const path = demoFilePath(home);
  if (!existsSync(path)) return { demo: undefined, fault: undefined };
  const fault = `${path} is not what \`start\` writes; the next \`npm start\` writes it anew`;
  try {
    const { data } = demoFileSchema.safeParse(JSON.parse(readFileSync(path, "utf8")));
    return { demo: data, fault: data === undefined ? fault : undefined };
  } catch {
    return { demo: undefined, fault };
  }
}

/** Secrets of a connection that is added or rotated, by variable; see `usher connection add`. */
export function secretVariables(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => name.startsWith("USHER_SECRET_") || name === "USHER_WEBHOOK_SECRET",
    ),
  );
}

/** What a child process is started with: this process's own environment and what it needs besides. */
export function childEnvironment(besides: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...besides };
}
