/**
 * Finds a record by a key of ours that nothing in Tryton keeps unique, or makes it. Looks again
 * after making: where two came at once, the one made first stays for both and the other is removed
 * by who made it. Ids grow with the order of commits closely enough that both choose the same.
 */
export async function findOrMake(input: {
  /** Ids of all records with the key, ascending. */
  readonly find: () => Promise<readonly number[]>;
  readonly make: () => Promise<number>;
  readonly remove: (id: number) => Promise<void>;
}): Promise<number> {
  const [found] = await input.find();
  if (found !== undefined) return found;
  const made = await input.make();
  const [first = made] = await input.find();
  if (first !== made) await input.remove(made);
  return first;
}
