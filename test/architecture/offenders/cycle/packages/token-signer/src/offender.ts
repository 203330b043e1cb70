import { second } from "./offender-second.ts";

export function first(): unknown {
  return second;
}
