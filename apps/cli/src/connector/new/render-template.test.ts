import { describe, expect, it } from "vitest";
import { parseConnectorName } from "../connector-name.ts";
import { renderTemplate } from "./render-template.ts";
import type { TemplateChoice } from "./template-choice.ts";

const choice: TemplateChoice = { kind: "erp", auth: "api_key", trigger: "poll" };
const render = (text: string, name = "big-erp") =>
  renderTemplate({ text, choice, name: parseConnectorName(name) });

describe("a template", () => {
  it("keeps the first branch that holds, and lets out the lines that wait", () => {
    const text = [
      "before",
      "// <when kind=crm>",
      "deals",
      "// <or kind=billing,erp>",
      "  //| orders",
      "// <or kind=erp>",
      "//| twice",
      "// <else>",
      "//| nothing",
      "// </when>",
      "after",
    ].join("\n");
    expect(render(text)).toBe("before\n  orders\nafter");
  });

  it("leaves out a block within a block that is left out", () => {
    const text = "// <when kind=crm>\n// <when auth=api_key>\nx\n// </when>\ny\n// </when>\nz";
    expect(render(text)).toBe("z");
  });

  it("never shows what belongs to the reference alone", () => {
    expect(render("<!-- <when reference> -->\nsecret\n<!-- </when> -->\nshown")).toBe("shown");
  });

  it.each(["// </when>", "// <when kind=erp>", "// <else>"])("refuses a stray %s", (text) => {
    expect(() => render(text)).toThrow(/when/);
  });

  it("spells the name as code, paths and prose need it, also when it holds the word it replaces", () => {
    expect(
      render('import { AcmeClient } from "./acme-client.ts"; toAcmeStatus; acmeHosts // Acme'),
    ).toBe(
      'import { BigErpClient } from "./big-erp-client.ts"; toBigErpStatus; bigErpHosts // Big Erp',
    );
    expect(render('createAcmeCrm("acme")', "acme-crm")).toBe('createAcmeCrmCrm("acme-crm")');
  });

  it("imports the SDK by its package", () => {
    expect(
      render('from "../../../spec/index.ts"; from "../../conformance.ts"; from "../index.ts"'),
    ).toBe(
      'from "@usher/connector-sdk/spec"; from "@usher/connector-sdk/conformance"; from "../index.ts"',
    );
  });
});
