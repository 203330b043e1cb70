import { connectorFailure } from "@usher/connector-sdk/http";

/** Keeps calls back for as long as a limit lasts: HubSpot gives no `Retry-After` with its own. */
export function createQuiet(now: () => number) {
  let allUntilMs = 0;
  let searchUntilMs = 0;
  let category: "rate_limited" | "quota_exhausted" = "rate_limited";
  return {
    remember(
      path: string,
      detail: {
        readonly category: string;
        readonly retryAfterMs: number | null;
        readonly vendorCode: string | null;
      },
    ) {
      if (detail.category !== "rate_limited" && detail.category !== "quota_exhausted") return;
      const untilMs = now() + (detail.retryAfterMs ?? 0);
      category = detail.category;
      if (detail.vendorCode === "SECONDLY" && path.endsWith("/search")) searchUntilMs = untilMs;
      else allUntilMs = untilMs;
    },
    refuse(path: string) {
      const untilMs = Math.max(allUntilMs, path.endsWith("/search") ? searchUntilMs : 0);
      const waitMs = untilMs - now();
      if (waitMs <= 0) return;
      throw connectorFailure({
        category,
        message: `${path}: not sent, HubSpot's limit lasts for another ${Math.ceil(waitMs / 1000)} s.`,
        retryAfterMs: waitMs,
      });
    },
  };
}
