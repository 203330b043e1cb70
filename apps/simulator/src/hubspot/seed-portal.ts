import type { OwnerRow, Portal } from "./portal.ts";

/** Who sells where nobody else is named. */
export const SALES_OWNER = { name: "Ana Flores", email: "ana.flores@seller.example" } as const;

/** Puts the person every portal has into an empty one. */
export function seedPortal(portal: Portal): void {
  if (portal.owners.size === 0) ensureOwner(portal, SALES_OWNER);
}

/** The owner of that mail address; made on the spot when there is none. */
export function ensureOwner(
  portal: Portal,
  { name, email }: { readonly name: string; readonly email: string },
): OwnerRow {
  const [known] = portal.owners.where("email", email);
  if (known !== undefined) return known;
  const words = name.trim().split(/\s+/);
  const lastName = words.pop() ?? name;
  const number = portal.store.nextSequence();
  const owner: OwnerRow = {
    id: String(80_000_000 + number),
    userId: 60_000_000 + number,
    email,
    firstName: words.join(" "),
    lastName,
    isArchived: false,
  };
  portal.store.transact(() => portal.store.put(portal.owners, owner));
  return owner;
}
