import { expect, it } from "vitest";
import { isId, parseId } from "./ids.ts";

const order = "ord_01h455vb4pex5vsknk084sn02q";

it("recognizes an id of its kind and no other", () => {
  expect(parseId("order", order)).toBe(order);
  expect(isId("tenant", order)).toBe(false);
});

it.each([
  "",
  "ord_",
  "ord_01H455VB4PEX5VSKNK084SN02Q",
  "ord_81h455vb4pex5vsknk084sn02q",
  "ord_01h455vb4pex5vsknk084sn02",
  "ord_01h455vb4pex5vsknk084sn02qq",
  "ord_01h455vb4pex5vsknk084sn0l2",
  "xord_01h455vb4pex5vsknk084sn02q",
  "ord_01h455vb4pex5vsknk084sn02q\n",
])("refuses %j", (text) => {
  expect(parseId("order", text)).toBeNull();
});
