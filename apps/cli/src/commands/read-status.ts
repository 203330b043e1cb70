import { type OrderStatus, statusLadder } from "@usher/entitlement-core/order";
import { CliFailure } from "../cli-failure.ts";

/**
 * A rung of the ladder, however it is written: nobody types a capital letter or quotes a space who
 * need not. Throws with all of them when it is none.
 */
export function readStatus(text: string): OrderStatus {
  const plain = (word: string) =>
    word
      .toLowerCase()
      .replaceAll(/[\s_-]+/g, " ")
      .trim();
  const status = statusLadder.find((one) => plain(one) === plain(text));
  if (status !== undefined) return status;
  throw new CliFailure(`“${text}” is no status of an order.`, {
    hint: `They are: ${statusLadder.join(", ")}.`,
  });
}
