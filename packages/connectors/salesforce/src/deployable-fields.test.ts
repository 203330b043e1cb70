import { readdirSync, readFileSync } from "node:fs";
import { statusLadder } from "@usher/entitlement-core/order";
import { describe, expect, it } from "vitest";
import { salesforceConfig } from "./salesforce-config.ts";
import { lineTermField, statusFields, textLengthMax } from "./salesforce-fields.ts";
import { orderFields } from "./salesforce-order-fields.ts";

const ordersSource = new URL("../orders/main/default/", import.meta.url);
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

describe("the deployable fields for booking orders", () => {
  const fields = orderFields(config.fieldPrefix);
  const readOrders = (path: string) => readFileSync(new URL(path, ordersSource), "utf8");
  const perObject = {
    Account: [fields.customerId],
    Product2: [fields.sku],
    Order: [fields.isCanceled, fields.orderId, fields.revision],
    OrderItem: [fields.lineId],
  };

  it.each(Object.entries(perObject))(
    "%s has exactly those the connector writes",
    (object, names) => {
      const files = readdirSync(new URL(`objects/${object}/fields/`, ordersSource));
      expect(files.map((file) => file.replace(".field-meta.xml", "")).sort()).toEqual(names);
    },
  );

  it("every id that a record is found by is external, unique and case-sensitive", () => {
    for (const [object, name] of [
      ["Account", fields.customerId],
      ["Product2", fields.sku],
      ["Order", fields.orderId],
      ["OrderItem", fields.lineId],
    ]) {
      expect(readOrders(`objects/${object}/fields/${name}.field-meta.xml`)).toMatch(
        /<caseSensitive>true<.*<externalId>true<.*<unique>true</s,
      );
    }
  });

  it("the permission set lets the integration user write each of them and activate orders", () => {
    const permissions = readOrders("permissionsets/Usher_Orders.permissionset-meta.xml");
    for (const [object, names] of Object.entries(perObject)) {
      for (const name of names) {
        expect(permissions).toMatch(
          new RegExp(`<editable>true</editable>\\s*<field>${object}\\.${name}</field>`),
        );
      }
    }
    expect(permissions).toContain("<name>ActivateOrder</name>");
  });
});
