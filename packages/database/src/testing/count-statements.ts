import type { TenantTransaction } from "../tenant-transaction.ts";

/** How many statements `work` sends; begin and commit are not among them. */
export async function countStatements(
  tx: TenantTransaction,
  work: (tx: TenantTransaction) => Promise<unknown>,
): Promise<number> {
  let statements = 0;
  const db = tx.db.withPlugin({
    transformQuery: ({ node }) => {
      statements += 1;
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  });
  await work({ ...tx, db });
  return statements;
}
