import pino from "pino";

export type Logger = pino.Logger;

/**
 * JSON lines, free of secrets: bodies, keys, tokens and cookies are not logged anywhere, and
 * should one of these fields slip into a record it is blacked out here.
 */
export function createLogger({
  level,
  service,
  destination,
}: {
  readonly level: string;
  readonly service: string;
  readonly destination?: pino.DestinationStream;
}): Logger {
  const options: pino.LoggerOptions = {
    level,
    base: { service, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: errorWithoutValues },
    redact: { paths: redacted, censor: "[redacted]" },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

const names = [
  "authorization",
  "cookie",
  "api_key",
  "apiKey",
  "secret",
  "secrets",
  "token",
  "compact",
  "password",
  "body",
  "raw_body",
  "rawBody",
  "databaseUrl",
];
const redacted = names.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** Message and stack, without the parameters and rows that a driver hangs on its errors. */
function errorWithoutValues(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code, constraint, table, routine } = error as Error & Record<string, unknown>;
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...(code === undefined ? {} : { code }),
    ...(constraint === undefined ? {} : { constraint }),
    ...(table === undefined ? {} : { table }),
    ...(routine === undefined ? {} : { routine }),
    ...(error.cause === undefined ? {} : { cause: errorWithoutValues(error.cause) }),
  };
}
