import { readdirSync, readFileSync } from "node:fs";
import { statusLadder } from "@usher/entitlement-core/order";
import { describe, expect, it } from "vitest";
import { salesforceConfig } from "./salesforce-config.ts";
import { lineTermField, renewalField, statusFields, textLengthMax } from "./salesforce-fields.ts";
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

describe("the deployable field for renewals", () => {
  const renewals = new URL("../renewals/main/default/", import.meta.url);
  const name = renewalField(config.fieldPrefix);

  it("is external, unique and case-sensitive, and the permission set lets it be written", () => {
    const xml = readFileSync(
      new URL(`objects/Opportunity/fields/${name}.field-meta.xml`, renewals),
      "utf8",
    );
    for (const tag of ["externalId", "unique", "caseSensitive"]) {
      expect(xml).toContain(`<${tag}>true</${tag}>`);
    }
    const set = readFileSync(
      new URL("permissionsets/Usher_Renewals.permissionset-meta.xml", renewals),
      "utf8",
    );
    expect(set).toMatch(
      new RegExp(`<editable>true</editable>\\s*<field>Opportunity\\.${name}</field>`),
    );
    expect(set).toMatch(/<allowCreate>true<.*<object>Opportunity</s);
  });
});

it("every deployable file is well-formed XML of the metadata namespace, and a project's package", () => {
  const root = new URL("../", import.meta.url);
  const { packageDirectories, sourceApiVersion } = JSON.parse(
    readFileSync(new URL("sfdx-project.json", root), "utf8"),
  ) as { packageDirectories: readonly { path: string }[]; sourceApiVersion: string };
  expect(sourceApiVersion).toMatch(/^\d\d\.0$/);
  const files = packageDirectories.flatMap(({ path }) =>
    readdirSync(new URL(`${path}/`, root), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".xml"))
      .map((file) => `${path}/${file}`),
  );
  expect(files.length).toBeGreaterThan(20);
  for (const file of files) {
    const xml = readFileSync(new URL(file, root), "utf8");
    expect(xml, file).toMatch(
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<\w+ xmlns="http:\/\/soap\.sforce\.com\/2006\/04\/metadata"/,
    );
    expect(unclosedTagOf(xml), file).toBeNull();
  }
});

/** The first tag that is not closed by its own name, in order; null in well-formed XML without comments. */
function unclosedTagOf(xml: string): string | null {
  const open: string[] = [];
  for (const [, isEnd, name = "", isEmpty] of xml.matchAll(
    /<(\/?)([A-Za-z][\w:.-]*)[^<>]*?(\/?)>/g,
  )) {
    if (isEnd === "/") {
      if (open.pop() !== name) return name;
    } else if (isEmpty !== "/") open.push(name);
  }
  return open.at(-1) ?? null;
}
