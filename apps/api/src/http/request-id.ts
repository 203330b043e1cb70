import { randomBytes } from "node:crypto";

// Unique by process start and count: a random id per request would cost more than the lookup a
// check consists of.
const ofThisProcess = randomBytes(6).toString("hex");
let count = 0;

/** An id for one request, such as `req_5f3a9c01d2e4_1k`. Unique across processes; not a secret. */
export function nextRequestId(): string {
  count += 1;
  return `req_${ofThisProcess}_${count.toString(36)}`;
}
