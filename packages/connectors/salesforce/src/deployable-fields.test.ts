import { readdirSync, readFileSync } from "node:fs";
import { statusLadder } from "@usher/entitlement-core/order";
import { describe, expect, it } from "vitest";
import { salesforceConfig } from "./salesforce-config.ts";
import { lineTermField, statusFields, textLengthMax } from "./salesforce-fields.ts";

const source = new URL("../force-app/main/default/", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, source), "utf8");
const fieldsOf = (object: string) =>
  readdirSync(new URL(`objects/${object}/fields/`, source)).map((file) =>
    file.replace(".field-meta.xml", ""),
  );
const field = (name: string) => read(`objects/Opportunity/fields/${name}.field-meta.xml`);

const config = salesforceConfig.parse({
  authKind: "client_credentials",
  loginUrl: "https://acme.my.salesforce.com",
  clientId: "id",
  clientSecret: "secret",
  currency: "USD",
});
const names = statusFields(config.fieldPrefix);
const lineTerm = lineTermField(config) ?? "";

describe("the deployable field set", () => {
  it("has exactly the fields the connector writes and reads", () => {
    expect(new Set(fieldsOf("Opportunity"))).toEqual(new Set(Object.values(names)));
    expect(fieldsOf("OpportunityLineItem")).toEqual([lineTerm]);
  });

  it("offers the words of the status ladder, in order, and no others", () => {
    const words = [...field(names.status).matchAll(/<fullName>([^<]+)<\/fullName>/g)].map(
      ([, word]) => word,
    );
    expect(words).toEqual([names.status, ...statusLadder]);
  });

  it("has room for what the connector cuts to", () => {
    for (const [key, length] of Object.entries(textLengthMax)) {
      if (key === "url") continue;
      expect(field(names[key as keyof typeof names])).toContain(`<length>${length}</length>`);
    }
  });

  it("makes the order id unique, as no two deals share an order", () => {
    expect(field(names.orderId)).toMatch(/<externalId>true<.*<unique>true</s);
  });

  it("lets the integration user write every field it must, and sales read them", () => {
    for (const [set, editable] of [
      ["Usher_Integration", true],
      ["Usher_Reader", false],
    ] as const) {
      const permissions = read(`permissionsets/${set}.permissionset-meta.xml`);
      for (const name of Object.values(names)) {
        expect(permissions).toMatch(
          new RegExp(`<editable>${editable}</editable>\\s*<field>Opportunity\\.${name}</field>`),
        );
      }
      expect(permissions).toContain(`<field>OpportunityLineItem.${lineTerm}</field>`);
    }
  });
});
