import type { Hono } from "hono";
import { z } from "zod";
import type { NodeEnv } from "../http-answer.ts";
import { BY_EXTERNAL_ID } from "../netsuite/netsuite-account.ts";
import { NetSuiteError } from "../netsuite/netsuite-error.ts";
import type { TransactionRow } from "../netsuite/netsuite-rows.ts";
import { sumOf } from "../netsuite/transaction-lines.ts";
import { billOrder, orderStatusOf } from "../netsuite/transform-record.ts";
import type { SimulatorParts } from "../simulator-parts.ts";
import { ControlError } from "./control-error.ts";
import { readJson, withoutUndefined } from "./control-request.ts";

const certificateInput = z.strictObject({
  client_id: z.string().min(1),
  /** PEM of a certificate or of its public key. */
  public_key: z.string().includes("-----BEGIN"),
  valid_days: z.number().int().min(0).max(730).default(730),
});

const standingInput = z.strictObject({
  standing: z.enum(["open", "settled", "voided", "pendingApproval", "rejected"]),
});

const settingsInput = z.strictObject({
  missing_permissions: z
    .array(z.enum(["transactions", "customers", "items", "suiteql"]))
    .optional(),
  custom_fields: z.array(z.string().regex(/^cust(body|col)_[a-z0-9_]+$/)).optional(),
  is_one_world: z.boolean().optional(),
  concurrent_requests_max: z.number().int().min(1).max(100).optional(),
  overload_looks_like: z.enum(["too_many_requests", "restlet", "invalid_login"]).optional(),
  async_delay_ms: z.number().int().min(0).max(3_600_000).optional(),
});

/** `/control/netsuite/*`: what an administrator and accounting do in the account. */
export function addNetSuiteRoutes(app: Hono<NodeEnv>, parts: SimulatorParts): void {
  const { netsuite, netsuiteTokens } = parts;
  const { store, tables } = netsuite;

  app.post("/control/netsuite/certificates", async (context) => {
    const given = await readJson(context, certificateInput);
    const id = `cert_${store.nextSequence()}`;
    const { accountId, certificates } = netsuite.changeSettings({
      certificates: [
        ...netsuite.settings().certificates,
        {
          id,
          clientId: given.client_id,
          publicKey: given.public_key,
          expiresMs: netsuite.now() + given.valid_days * 86_400_000,
        },
      ],
    });
    return context.json(
      { certificate_id: id, account_id: accountId, certificates: certificates.length },
      201,
    );
  });
  app.post("/control/netsuite/refresh_sandbox", (context) => {
    netsuite.changeSettings({ certificates: [] });
    return context.json({ ended: netsuiteTokens.expireAll() });
  });
  app.post("/control/netsuite/expire_tokens", (context) =>
    context.json({ ended: netsuiteTokens.expireAll() }),
  );
  app.patch("/control/netsuite/settings", async (context) => {
    const given = await readJson(context, settingsInput);
    const change = {
      missingPermissions: given.missing_permissions,
      customFields: given.custom_fields,
      isOneWorld: given.is_one_world,
      concurrentRequestsMax: given.concurrent_requests_max,
      overloadLooksLike: given.overload_looks_like,
      asyncDelayMs: given.async_delay_ms,
    };
    netsuite.changeSettings(withoutUndefined(change));
    return context.json({ ok: true });
  });

  app.get("/control/netsuite/orders/:external_id", (context) => {
    const order = orderOf(context.req.param("external_id"));
    const following = [...tables.transaction.all()].filter(
      (row) =>
        row.id !== order.id &&
        row.custom["custbody_usher_order"] === order.custom["custbody_usher_order"],
    );
    return context.json({ ...show(order), following: following.map(show) });
  });
  app.post("/control/netsuite/orders/:external_id/bill", (context) => {
    try {
      const order = orderOf(context.req.param("external_id"));
      return context.json(show(store.transact(() => billOrder({ account: netsuite }, order))), 201);
    } catch (error) {
      if (error instanceof NetSuiteError) throw new ControlError(422, error.message);
      throw error;
    }
  });
  app.post("/control/netsuite/transactions/:id/standing", async (context) => {
    const row = tables.transaction.get(context.req.param("id"));
    if (row === undefined || row.type === "salesOrder")
      throw new ControlError(404, `No invoice or credit ${context.req.param("id")}.`);
    const changed = { ...row, ...(await readJson(context, standingInput)) };
    store.transact(() => store.put(tables.transaction, changed));
    return context.json(show(changed));
  });

  function orderOf(externalId: string): TransactionRow {
    const [row] = tables.transaction.where(BY_EXTERNAL_ID, externalId);
    if (row?.type === "salesOrder") return row;
    throw new ControlError(404, `No sales order ${externalId}.`);
  }

  function show(row: TransactionRow) {
    const currency = netsuite.settings().currencies.find(({ id }) => id === row.currency);
    const amounts = row.lines.map(({ amount }) => amount);
    return {
      id: row.id,
      type: row.type,
      number: row.tranId,
      external_id: row.externalId,
      customer: tables.customer.get(row.entity)?.companyName ?? null,
      currency: currency?.symbol ?? null,
      status: row.type === "salesOrder" ? orderStatusOf(row) : row.standing,
      subtotal: sumOf(amounts, currency?.precision ?? 2),
      revision: row.custom["custbody_usher_revision"] ?? null,
      lines: row.lines.map((line) => ({
        line: line.line,
        item: tables.item.get(line.item)?.itemId ?? null,
        quantity: line.quantity,
        rate: line.rate,
        quantity_billed: line.quantityBilled,
        is_closed: line.isClosed,
        usher_line: line.custom["custcol_usher_line"] ?? null,
      })),
    };
  }
}
