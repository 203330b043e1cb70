export { fulfillOrder } from "@usher/workflows";
