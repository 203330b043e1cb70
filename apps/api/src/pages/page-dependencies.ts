import type { ApiDependencies } from "../api-dependencies.ts";
import type { ApiKeyCache } from "../auth/api-key-cache.ts";
import type { BackgroundWork } from "../http/background-work.ts";
import type { EagerDelivery } from "../routes/order/eager-delivery.ts";
import type { ErrorPages } from "./error-pages.ts";

/** What pages are built on. */
export interface PageDependencies
  extends Pick<
    ApiDependencies,
    "database" | "publicUrl" | "temporal" | "log" | "connectors" | "brokenConnectors" | "clock"
  > {
  readonly keys: ApiKeyCache;
  readonly delivery: EagerDelivery;
  readonly background: BackgroundWork;
  readonly errorPages: ErrorPages;
}
