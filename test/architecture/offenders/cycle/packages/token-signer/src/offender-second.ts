import { first } from "./offender.ts";

export function second(): unknown {
  return first;
}
