import type { CallLog } from "../spec/call-context.ts";

/** One connection's session at a vendor, such as an access token, shared by all its calls. */
export interface SharedSession<Session> {
  current(log: CallLog): Promise<Session>;
  /** A session other than `refused`. Asks for one only if nobody else already did. */
  renewed(refused: Session, log: CallLog): Promise<Session>;
  /** The session that was held, which is held no more; null where there was none. */
  release(): Session | null;
}

/**
 * Single flight: any number of calls that meet an ended session at once cost one request for
 * another. It belongs to no caller, so no caller's abort fails the others.
 */
export function createSharedSession<Session extends object>(input: {
  readonly open: (log: CallLog) => Promise<Session>;
  /** False for one that is given up before it is used. */
  readonly isGood?: (session: Session) => boolean;
}): SharedSession<Session> {
  const { open, isGood = () => true } = input;
  let held: Session | null = null;
  let pending: Promise<Session> | null = null;

  function requested(log: CallLog): Promise<Session> {
    pending ??= open(log)
      .then((session) => {
        held = session;
        return session;
      })
      .finally(() => {
        pending = null;
      });
    return pending;
  }

  return {
    current: (log) => (held !== null && isGood(held) ? Promise.resolve(held) : requested(log)),
    renewed(refused, log) {
      if (held !== null && held !== refused) return Promise.resolve(held);
      // Whatever becomes of the request, a refused one is not handed out again.
      held = null;
      return requested(log);
    },
    release() {
      const released = held;
      held = null;
      return released;
    },
  };
}
