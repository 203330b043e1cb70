/** Dated versions of the wire. A request may pin one with `Usher-Version`; every answer names the one it speaks. */
export const apiVersions = ["2026-11-24"] as const;

export type ApiVersion = (typeof apiVersions)[number];

export const currentApiVersion: ApiVersion = "2026-11-24";
