import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** The root of the checkout: the CLI runs from a clone. */
export const projectRoot = resolve(fileURLToPath(new URL("../../..", import.meta.url)));

const environmentSchema = z.object({
  USHER_URL: z.url().optional(),
  USHER_API_KEY: z.string().optional(),
  USHER_HOME: z.string().default(join(projectRoot, ".usher")),
  USHER_PORT: z.coerce.number().int().min(0).max(65535).default(8700),
  DATABASE_URL: z.string().optional(),
  TEMPORAL_ADDRESS: z.string().optional(),
  USHER_SAMPLE_DATA: z.string().optional(),
  NO_COLOR: z.string().optional(),
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
}

/**
 * Reads the environment once. The hub is `USHER_URL` with `USHER_API_KEY`, else the one that
 * `usher start` left in `.usher/demo.json`.
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): CliConfig {
  const parsed = environmentSchema.parse(environment);
  const demo = readDemoFile(parsed.USHER_HOME);
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
  };
}

export const demoFilePath = (home: string): string => join(home, "demo.json");

function readDemoFile(home: string): DemoFile | undefined {
  const path = demoFilePath(home);
  if (!existsSync(path)) return undefined;
  const parsed = demoFileSchema.safeParse(JSON.parse(readFileSync(path, "utf8")));
  return parsed.success ? parsed.data : undefined;
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
