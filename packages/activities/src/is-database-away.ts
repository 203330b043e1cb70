/** SQLSTATE classes and codes (PostgreSQL manual, appendix A) that pass by themselves. */
const passingStates = [
  /^08/, // connection exceptions
  /^53/, // insufficient resources: too many connections, disk or memory full
  /^57P0[123]$/, // administrator shut it down, it crashed, it is still starting
  /^57014$/, // statement time-out
  /^25P0[34]$/, // idle-in-transaction and transaction time-outs
  /^40/, // serialization failure, deadlock: the repeats of `withTenant` are used up
  /^55P03$/, // lock not available
];

const passingNetworkCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
]);

/** The wording of node-postgres for a connection that is gone or never came. */
const passingMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout)/;

/** True when the database, not the statement, is what failed: the same call can succeed later. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { readonly code?: unknown };
  if (typeof code === "string") {
    return passingNetworkCodes.has(code) || passingStates.some((state) => state.test(code));
  }
  return passingMessages.test(error.message);
}
