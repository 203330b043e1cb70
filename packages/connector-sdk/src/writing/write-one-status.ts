import { ConnectorError } from "../spec/connector-error.ts";
import type { StatusWriteResult } from "../spec/crm-connector.ts";
import type { StatusWrite, StatusWriteAnswer } from "./write-statuses.ts";

/** `writeStatus` by `writeStatuses`: what is told of one deal among many is thrown where it is the only one. */
export async function writeOneStatus(
  write: StatusWrite,
  writeMany: (writes: readonly StatusWrite[]) => Promise<readonly StatusWriteAnswer[]>,
): Promise<StatusWriteResult> {
  const [answer] = await writeMany([write]);
  if (typeof answer === "string") return answer;
  throw answer === undefined
    ? new Error("no answer to one write")
    : new ConnectorError(answer.error);
}
