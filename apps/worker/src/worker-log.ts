import pino from "pino";

export type WorkerLog = pino.Logger;

/** Names under which something secret or personal could travel; their values never reach the log. */
const hidden = [
  "secret",
  "secrets",
  "password",
  "token",
  "access_token",
  "accessToken",
  "refresh_token",
  "authorization",
  "apiKey",
  "api_key",
  "privateKey",
  "email",
  "comment",
];

/** JSON lines; one logger a process. */
export function createWorkerLog({
  level,
  destination,
}: {
  readonly level: string;
  readonly destination?: pino.DestinationStream;
}): WorkerLog {
  const options = {
    level,
    base: { service: "usher-worker" },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: pino.stdSerializers.err, err: pino.stdSerializers.err },
    redact: {
      paths: hidden.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
      censor: "[redacted]",
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
