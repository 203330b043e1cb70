/** How much of a workflow's history survives what. */
export type TemporalStorage =
  /** Kept in a file over restarts; a power cut may lose the last moments, never the file. */
  | { readonly kind: "file"; readonly path: string }
  /** Gone with the process: tests. */
  | { readonly kind: "memory" };

export interface TemporalFlagsInput {
  readonly address: { readonly ip: string; readonly port: number; readonly httpPort: number };
  readonly metricsPort: number;
  readonly uiPort: number | undefined;
  /** Whether this version has a switch for the news that its interface fetches from the vendor. */
  readonly canDisableNews: boolean;
  readonly namespace: string;
  readonly storage: TemporalStorage;
  readonly searchAttributes: Readonly<Record<string, string>>;
}

/** Nothing of a hub leaves the machine unasked; versions before 1.6 have no news and no such flag. */
export const newsFlag = "--ui-disable-news-fetch";

/**
 * Flags of `temporal server start-dev` as measured on two cores: WAL doubles the rate of a file
 * database; one task queue partition saves forwarding on a single host; the request limits of the
 * server (matching at 1,200 a second) are what a burst of orders meets first.
 */
export function temporalFlags(input: TemporalFlagsInput): string[] {
  const { address, storage } = input;
  return [
    "server",
    "start-dev",
    `--ip=${address.ip}`,
    `--port=${address.port}`,
    `--http-port=${address.httpPort}`,
    `--metrics-port=${input.metricsPort}`,
    ...webInterface(input),
    `--namespace=${input.namespace}`,
    "--log-level=warn",
    ...persistence(storage),
    ...each("--dynamic-config-value", dynamicConfig),
    ...each("--search-attribute", input.searchAttributes),
  ];
}

const dynamicConfig = {
  "matching.numTaskqueueReadPartitions": 1,
  "matching.numTaskqueueWritePartitions": 1,
  "frontend.rps": 20_000,
  "frontend.namespaceRPS": 20_000,
  "frontend.namespaceCount": 5_000,
  "matching.rps": 20_000,
  "history.rps": 20_000,
  "system.enableActivityEagerExecution": true,
  "history.hostLevelCacheMaxSize": 60_000,
} as const;

function webInterface({ address, uiPort, canDisableNews }: TemporalFlagsInput): string[] {
  if (uiPort === undefined) return ["--headless"];
  const withoutNews = canDisableNews ? [newsFlag] : [];
  return [`--ui-ip=${address.ip}`, `--ui-port=${uiPort}`, ...withoutNews];
}

function persistence(storage: TemporalStorage): string[] {
  if (storage.kind === "memory") return [];
  return [
    `--db-filename=${storage.path}`,
    ...each("--sqlite-pragma", { journal_mode: "WAL", synchronous: "NORMAL" }),
  ];
}

function each(flag: string, values: Readonly<Record<string, string | number | boolean>>): string[] {
  return Object.entries(values).map(([name, value]) => `${flag}=${name}=${value}`);
}
