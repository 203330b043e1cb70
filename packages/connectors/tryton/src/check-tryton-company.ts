import { connectorFailure } from "@usher/connector-sdk/http";
import type { CallContext } from "@usher/connector-sdk/spec";
import { z } from "zod";
import type { TrytonClient } from "./tryton-client.ts";
import type { TrytonCompanies } from "./tryton-company.ts";
import type { TrytonConfig } from "./tryton-config.ts";

const seriesMin = 8;

const modules = ["sale", "account_invoice", "sale_amendment"] as const;

type Right = "read" | "write" | "create" | "delete";

const rights = {
  "party.party": ["read", "create"],
  "party.identifier": ["read", "create"],
  "party.address": ["read", "create"],
  "product.product": ["read"],
  "sale.sale": ["read", "write", "create"],
  "sale.line": ["read", "write", "create"],
  "sale.amendment": ["read", "write", "create", "delete"],
  "account.invoice": ["read"],
} as const satisfies Readonly<Record<string, readonly Right[]>>;

const rightsToMakeProducts = { "product.template": ["read", "create"] } as const;

const foundModules = z.array(z.looseObject({ name: z.string(), state: z.string() }));
// 1 and 0 where a rule says so, true where none does.
const right = z.union([z.boolean(), z.int()]).transform((value) => value === true || value === 1);
const access = z.record(
  z.string(),
  z.looseObject({ read: right, write: right, create: right, delete: right }),
);

/**
 * Read-only: proves that the server is a Tryton 8, that the user may log in and belongs to the
 * company, that the modules are there and the user may do what an order takes. Names all that is
 * missing, not only the first.
 */
export async function checkTrytonCompany(input: {
  readonly client: TrytonClient;
  readonly companies: TrytonCompanies;
  readonly config: TrytonConfig;
  readonly context: CallContext;
}): Promise<void> {
  const { client, companies, config, context } = input;
  // The log-in first: it tells a wrong password and a wrong database from everything else.
  const company = await companies.current(context);
  const version = await client.serverVersion(context);
  if (!(Number.parseInt(version, 10) >= seriesMin)) {
    throw connectorFailure({
      category: "config",
      message: `The server is a Tryton ${version.slice(0, 20)}; expected ${seriesMin}.0 or newer.`,
    });
  }
  await mustHaveModules({ client, context, inCompany: company.context });
  await mustHaveRights({ client, config, context, inCompany: company.context });
  if (config.accountCategory !== null) {
    await companies.accountCategory(context);
    await companies.unit(context);
  }
}

interface Asking {
  readonly client: TrytonClient;
  readonly inCompany: Readonly<Record<string, unknown>>;
  readonly context: CallContext;
}

async function mustHaveModules({ client, inCompany, context }: Asking): Promise<void> {
  const found = await client.call(
    {
      method: "model.ir.module.search_read",
      parameters: [[["name", "in", modules]], 0, null, null, ["name", "state"]],
      context: inCompany,
      isWrite: false,
      what: "Reading the activated modules",
      result: foundModules,
    },
    context,
  );
  const missing = modules.filter(
    (name) =>
      !found.some((one) => one.name === name && ["activated", "to upgrade"].includes(one.state)),
  );
  if (missing.length === 0) return;
  throw connectorFailure({
    category: "config",
    message: `These modules are not activated in Tryton: ${missing.join(", ")}. Activate them under Administration → Modules.`,
  });
}

async function mustHaveRights(asking: Asking & { readonly config: TrytonConfig }): Promise<void> {
  const { client, inCompany, context, config } = asking;
  const needed: Readonly<Record<string, readonly Right[]>> = {
    ...rights,
    ...(config.accountCategory === null ? {} : rightsToMakeProducts),
  };
  const has = await client.call(
    {
      method: "model.ir.model.access.get_access",
      parameters: [Object.keys(needed)],
      context: inCompany,
      isWrite: false,
      what: "Reading the user's rights",
      result: access,
    },
    context,
  );
  const lacking = Object.entries(needed).flatMap(([model, wanted]) => {
    const missing = wanted.filter((right) => has[model]?.[right] !== true);
    return missing.length === 0 ? [] : [`${missing.join(", ")} on ${model}`];
  });
  if (lacking.length === 0) return;
  throw connectorFailure({
    category: "permission",
    message: `The connection's user may not ${lacking.join("; ")}. Give it the groups of the connector's README.`,
  });
}
