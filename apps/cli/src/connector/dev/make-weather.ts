import type { ConformanceHarness, FaultProxy, ProxyFault } from "@usher/connector-sdk/conformance";
import type { Weather } from "./scene.ts";

/** The faults that a scene's weather stands for; token requests are spared. */
export function makeWeather(
  proxy: FaultProxy,
  weather: Weather,
  harness: ConformanceHarness,
): void {
  const fault = faultOf(weather, harness);
  if (fault === null) return;
  proxy.strike({
    when: (request) => !(harness.tokens?.isTokenRequest(request) ?? false),
    fault,
    ...(weather === "slow" ? {} : { times: 3 }),
  });
}

function faultOf(weather: Weather, harness: ConformanceHarness): ProxyFault | null {
  switch (weather) {
    case "calm":
      return null;
    case "429":
      return { kind: "answer", status: 429, headers: { "retry-after": "7" }, body: "" };
    case "500":
      return { kind: "answer", status: 500, body: "" };
    case "unauthorized":
      return { kind: "answer", ...harness.unauthorized };
    case "html":
      return { kind: "html" };
    case "slow":
      return { kind: "delay", ms: 300 };
  }
}
