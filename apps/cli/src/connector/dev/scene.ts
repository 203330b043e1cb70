/** What the kit's proxy does to the connector's calls during a scene. */
export const weathers = ["calm", "429", "500", "unauthorized", "html", "slow"] as const;
export type Weather = (typeof weathers)[number];

/** What happens over there, and how it is told: everything a person may edit before a replay. */
export interface SceneInput {
  readonly weather: Weather;
  /** The deal that is won; null for a system without deals. */
  readonly deal: {
    readonly name: string;
    readonly accountName: string;
    readonly currency: string;
    readonly quantity: string;
    readonly unitPrice: string;
    readonly closedOn: string;
  } | null;
  /** How the vendor tells of it; null where it is asked. */
  readonly delivery: {
    readonly eventId: string;
    /** The vendor's own type when empty. */
    readonly type: string;
    readonly secret: "current" | "previous" | "another";
    /** Between the signature's timestamp and our clock, seconds. */
    readonly signedSecondsAgo: number;
    readonly isBroken: boolean;
    /** Put in place of the signed body; null: the body is as it was signed. */
    readonly body: string | null;
  } | null;
}

/** Headers and bodies as they may be shown: secrets and persons were taken out. */
export interface SceneCall {
  readonly method: string;
  readonly path: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  /** Text, so that an amount's digits survive the way from the process; empty where there is none. */
  readonly requestBody: string;
  /** Null: no answer came. */
  readonly status: number | null;
  readonly answerHeaders: Readonly<Record<string, string>>;
  readonly answerBody: string;
}

/** One thing that was done, in the order of the picture. */
export interface SceneStep {
  readonly from: "vendor" | "connector" | "hub";
  readonly to: "vendor" | "connector" | "hub";
  readonly label: string;
  readonly outcome: "good" | "bad";
  /** Of a failure: what the `ConnectorError` says, and where in the connector's source. */
  readonly error: {
    readonly category: string;
    readonly message: string;
    readonly at: string | null;
  } | null;
  readonly calls: readonly SceneCall[];
}

export interface SceneTrace {
  readonly input: SceneInput;
  readonly ms: number;
  readonly inbound: {
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly verdict: string;
    readonly isVerified: boolean;
    readonly detail: string;
    readonly answer: number;
  } | null;
  /** What the receiver made of the request. */
  readonly events: readonly unknown[];
  /** What the connector read, in the hub's words. */
  readonly read: unknown;
  /** The order's content this would start with the demo's catalog, or what the salesperson is told. */
  readonly order:
    | { readonly kind: "content"; readonly content: unknown }
    | { readonly kind: "faults"; readonly sentences: readonly string[] }
    | null;
  readonly steps: readonly SceneStep[];
  readonly log: readonly unknown[];
  /** A failure outside of any step, such as a file that does not parse. */
  readonly failure: { readonly message: string; readonly at: string | null } | null;
}

export const firstScene: SceneInput = {
  weather: "calm",
  deal: {
    name: "Ærø GmbH, 250 seats",
    accountName: "Ærø GmbH",
    currency: "USD",
    quantity: "250",
    unitPrice: "480.00",
    closedOn: "2026-11-20",
  },
  delivery: {
    eventId: "evt_1",
    type: "",
    secret: "current",
    signedSecondsAgo: 0,
    isBroken: false,
    body: null,
  },
};
