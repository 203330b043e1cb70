import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../config.ts";
import type { ConnectorName } from "../connector-name.ts";
import { renderTemplate } from "./render-template.ts";
import type { TemplateChoice } from "./template-choice.ts";

/** Path below the connector's folder, and content. */
export interface ConnectorFile {
  readonly path: string;
  readonly text: string;
}

const templateFolder = join(projectRoot, "packages/connector-sdk/src/testing/reference");

const everyConnector = [
  "acme-client.ts",
  "acme-config.ts",
  "acme-conformance.test.ts",
  "acme-connector.ts",
  "acme-failure.ts",
  "acme-session.ts",
  "acme-wrong-answers.test.ts",
  "fixtures/README.md",
  "index.ts",
  "testing/acme-conformance.ts",
  "testing/acme-peer.ts",
];

const money = [
  "acme-customer-api.ts",
  "acme-customers.ts",
  "acme-money.ts",
  "is-taken.ts",
  "testing/acme-customers-peer.ts",
];

const byKind: Readonly<Record<TemplateChoice["kind"], readonly string[]>> = {
  crm: [
    "acme-checkpoint.ts",
    "acme-crm.ts",
    "acme-deal-api.ts",
    "fixtures/deal.json",
    "from-acme-deal.test.ts",
    "from-acme-deal.ts",
    "read-acme-changes.ts",
    "read-acme-deals.ts",
    "testing/acme-deals-peer.ts",
    "to-acme-status.ts",
    "write-acme-statuses.ts",
  ],
  billing: [
    ...money,
    "acme-announcement-api.ts",
    "acme-announcement-checkpoint.ts",
    "acme-bill-api.ts",
    "acme-bill.test.ts",
    "acme-billing.ts",
    "fixtures/bill.json",
    "read-acme-announcements.ts",
    "read-acme-change.ts",
    "testing/acme-bill-events-peer.ts",
    "testing/acme-bills-peer.ts",
  ],
  erp: [
    ...money,
    "acme-erp.ts",
    "acme-sales-order-api.ts",
    "acme-sales-order.test.ts",
    "fixtures/sales-order.json",
    "testing/acme-orders-peer.ts",
  ],
};

/** Every file of a new connector, from the reference connector that the kit's mutants are made of. */
export function connectorFiles(input: {
  readonly name: ConnectorName;
  readonly choice: TemplateChoice;
}): readonly ConnectorFile[] {
  const { name, choice } = input;
  const sources = [
    ...everyConnector,
    ...byKind[choice.kind],
    ...(choice.trigger === "webhook" ? ["acme-webhook.ts"] : []),
  ];
  const render = (file: string) => {
    const path = join(templateFolder, file);
    if (!existsSync(path)) throw new Error(`the template lacks ${path}`);
    return renderTemplate({ text: readFileSync(path, "utf8"), ...input });
  };
  return [
    { path: "README.md", text: render("README.md") },
    { path: "package.json", text: json(packageJson(input)) },
    {
      path: "tsconfig.json",
      text: json({ extends: "../../../tsconfig.base.json", include: ["src"] }),
    },
    { path: "turbo.json", text: json({ extends: ["//"], tags: ["connector"] }) },
    ...sources.map((file) => ({
      path: `src/${file.replaceAll("acme", name.kebab)}`,
      text: render(file),
    })),
  ];
}

const does = {
  crm: "won deals in, status out",
  billing: "bills of an order",
  erp: "sales orders of an order",
} as const;

function packageJson({
  name,
  choice,
}: {
  readonly name: ConnectorName;
  readonly choice: TemplateChoice;
}) {
  return {
    name: `@usher/connector-${name.kebab}`,
    version: "0.1.0",
    private: true,
    description: `${name.display}: ${does[choice.kind]}`,
    license: "Apache-2.0",
    type: "module",
    exports: { ".": "./src/index.ts" },
    scripts: { typecheck: "tsc --noEmit" },
    dependencies: {
      "@usher/connector-sdk": "workspace:*",
      "@usher/entitlement-core": "workspace:*",
      zod: "catalog:",
    },
    devDependencies: { "@types/node": "catalog:", typescript: "catalog:", vitest: "catalog:" },
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
