import type { Call } from "./call.ts";

/** What the steps of an invoice's life need of a call; control uses them too. */
export type Step = Pick<Call, "account" | "caller">;
