/**
 * Every place between two effects at which a process may die. Tests kill it at each of them and
 * expect that nothing is lost, doubled or stuck.
 */
export const failpoints = [
  "plan.before-commit",
  "plan.after-commit",
  "bill.before-call",
  "bill.after-call",
  "bill.after-commit",
  "book.before-call",
  "book.after-call",
  "book.after-commit",
  "grant.before-commit",
  "grant.after-commit",
  "undo.before-call",
  "undo.after-call",
  "undo.after-commit",
  "tell.before-call",
  "tell.after-call",
  "tell.after-commit",
  "inbox.after-claim",
  "inbox.after-read",
  "inbox.after-take",
  "outbox.after-claim",
  "outbox.after-delivery",
  "poll.after-read",
  "poll.after-commit",
] as const;

export type Failpoint = (typeof failpoints)[number];

/** Called at a failpoint; in production it does nothing. */
export type AtFailpoint = (name: Failpoint) => void;

export const noFailpoints: AtFailpoint = () => undefined;
