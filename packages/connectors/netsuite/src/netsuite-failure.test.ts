import { describe, expect, it } from "vitest";
import refusals from "./fixtures/refusals.json" with { type: "json" };
import { fromNetsuiteAnswer } from "./netsuite-failure.ts";

describe("an answer that is no success", () => {
  it.each(refusals)("$name ($status) is $category", ({ status, isWrite, category, body }) => {
    const { detail } = fromNetsuiteAnswer({
      status,
      text: JSON.stringify(body),
      isWrite,
      what: "Writing the sales order of order ord_1",
    });
    expect(detail).toMatchObject({
      category,
      vendorCode: body["o:errorDetails"][0]?.["o:errorCode"],
    });
    expect(detail.message).toContain("Writing the sales order of order ord_1");
  });

  it("names the field that NetSuite points at", () => {
    const { body } = refusals.find(({ name }) => name === "an invalid value") ?? { body: null };
    const { detail } = fromNetsuiteAnswer({
      status: 400,
      text: JSON.stringify(body),
      isWrite: true,
      what: "Writing",
    });
    expect(detail.where).toEqual({ record: "Writing", field: "item.items[0].item" });
  });

  it.each([
    [502, "<html>Bad gateway</html>", "outcome_unknown"],
    [503, "", "transient"],
    [404, "<html>nothing here</html>", "not_found"],
    [400, '{"o:errorDetails":[]}', "validation"],
    [429, "null", "rate_limited"],
  ])("%i with a body that is not NetSuite's is classified by status", (status, text, category) => {
    const { detail } = fromNetsuiteAnswer({ status, text, isWrite: true, what: "Writing" });
    expect(detail).toMatchObject({ category, vendorCode: null });
  });
});
