export { fulfillOrder } from "./fulfill-order.ts";
