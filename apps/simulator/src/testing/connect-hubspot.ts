import { Client } from "@hubspot/api-client";
import { DEFAULT_CREDENTIALS, type RunningSimulator } from "../index.ts";

/** The vendor's own client; its retries are off, so that one call is one request. */
export function connectHubSpot(
  simulator: RunningSimulator,
  accessToken: string = DEFAULT_CREDENTIALS.hubspotAccessToken,
): Client {
  return new Client({ accessToken, basePath: simulator.hubspot.url });
}
