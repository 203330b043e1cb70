export { aDeal, aDealLine } from "./a-deal.ts";
