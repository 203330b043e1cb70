/** An HTTP request as it arrived: the body is the raw bytes, never re-serialized. */
export interface InboundRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly rawBody: Uint8Array;
  /**
   * The address the vendor called, scheme and host included, as the hub is known to the public. A
   * vendor that signs it needs it; behind a proxy it is not what our own server saw.
   */
  readonly url?: string;
}

export type WebhookVerdict =
  | {
      readonly verified: true;
      readonly events: readonly InboundEvent[];
      /** Those of a batch that are no events as the vendor documents them: kept, not lost. */
      readonly unreadable?: readonly UnreadableEvent[];
    }
  | {
      readonly verified: false;
      readonly because: "missing" | "invalid" | "stale" | "future" | "malformed";
      readonly detail: string;
    };

/** One event of a verified request. `dealId` set: a hint to re-read that deal. */
export interface InboundEvent {
  /** The vendor's event id: stored under a unique key, so that a duplicate acts once. */
  readonly eventId: string;
  readonly type: string;
  readonly dealId: string | null;
  readonly body: unknown;
}

/** One element of a verified batch that could not be read; the others of the batch go on. */
export interface UnreadableEvent {
  /** What was expected and what came, by field; free of personal data. */
  readonly detail: string;
  readonly body: unknown;
}

/** Pure over bytes, secrets and the clock given; both secrets are tried, so that one can be rotated. */
export interface WebhookReceiver {
  verify(input: {
    readonly request: InboundRequest;
    readonly secrets: readonly string[];
    readonly nowMs: number;
  }): WebhookVerdict;
  /**
   * Status the vendor's retry rules want for a refused request. 503 where a 4xx is never sent again:
   * an event refused because a secret was not entered yet would be lost by it.
   */
  readonly refusalStatus: 200 | 400 | 401 | 503;
}
