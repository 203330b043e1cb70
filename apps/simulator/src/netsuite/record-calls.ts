import { take } from "../fault/request-faults.ts";
import type { HttpAnswer } from "../http-answer.ts";
import type { Row, Table } from "../store/table.ts";
import { BY_EXTERNAL_ID } from "./netsuite-account.ts";
import { answer, type NetSuiteCall, written } from "./netsuite-call.ts";
import { insufficientPermission, NetSuiteError, notFound, userError } from "./netsuite-error.ts";
import {
  type CustomerRow,
  ITEM_TYPES,
  type ItemRow,
  TRANSACTION_TYPES,
  type TransactionRow,
} from "./netsuite-rows.ts";
import { readExactJson } from "./read-exact-json.ts";
import { type Fields, mustBeExternalId, textOf } from "./read-fields.ts";
import { showCustomer, showItem, showTransaction } from "./show-record.ts";
import { billOrder } from "./transform-record.ts";
import { writeCustomer } from "./write-customer.ts";
import { writeItem } from "./write-item.ts";
import { writeTransaction } from "./write-transaction.ts";

/** `GET /services/rest/record/v1/{type}/{id}`, by `eid:` too. */
export function getRecord(call: NetSuiteCall): HttpAnswer {
  const kind = kindOf(call);
  mustBePermitted(call, kind.permission);
  return answer(kind.show(found(kind, call.param("id")) ?? missing()));
}

/**
 * `GET /services/rest/record/v1/{type}`: ids alone, `limit` of them.
 * @see https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_156414087576.html
 */
export function listRecords(call: NetSuiteCall): HttpAnswer {
  const kind = kindOf(call);
  mustBePermitted(call, kind.permission);
  const limit = Number(call.query.get("limit") ?? "1000");
  const rows = [...kind.table.all()].filter((row) => kind.isOfKind(row));
  const items = rows.slice(0, limit).map(({ id }) => ({ links: [], id }));
  const [count, totalResults] = [items.length, rows.length];
  return answer({
    links: [],
    count,
    hasMore: count < totalResults,
    items,
    offset: 0,
    totalResults,
  });
}

/** `PUT …/eid:{externalId}` makes the record or changes it; by an internal id there is no PUT. */
export function putRecord(call: NetSuiteCall): HttpAnswer {
  const kind = kindOf(call);
  mustBePermitted(call, kind.permission);
  const id = call.param("id");
  if (!id.startsWith("eid:"))
    throw new NetSuiteError({
      status: 400,
      code: "INVALID_PARAMETER",
      detail: "The upsert operation needs an external ID in the request URL.",
    });
  const externalId = mustBeExternalId(id.slice("eid:".length));
  return write(call, kind, { before: found(kind, id), externalId });
}

export function postRecord(call: NetSuiteCall): HttpAnswer {
  const kind = kindOf(call);
  mustBePermitted(call, kind.permission);
  const given = textOf(readExactJson(call.body), "externalId");
  const externalId = given === undefined || given === null ? null : mustBeExternalId(given);
  if (externalId !== null && kind.table.where(BY_EXTERNAL_ID, externalId).length > 0)
    throw userError("This record already exists");
  return write(call, kind, { before: undefined, externalId });
}

export function patchRecord(call: NetSuiteCall): HttpAnswer {
  const kind = kindOf(call);
  mustBePermitted(call, kind.permission);
  const before = found(kind, call.param("id")) ?? missing();
  return write(call, kind, { before, externalId: null });
}

export function transformRecord(call: NetSuiteCall): HttpAnswer {
  mustBePermitted(call, "transactions");
  const order = call.account.tables.transaction.get(call.param("id"));
  if (order?.type !== "salesOrder" || call.param("to") !== "invoice") throw notFound();
  return written(call, billOrder(call, order));
}

interface Held<R> {
  readonly before: R | undefined;
  readonly externalId: string | null;
}

interface RecordKind<R extends Row & { readonly externalId: string | null }> {
  readonly type: string;
  readonly permission: "customers" | "items" | "transactions";
  readonly table: Table<R>;
  isOfKind(row: R): boolean;
  show(row: R): unknown;
  write(given: Fields, held: Held<R>): R;
}

function kindOf(call: NetSuiteCall): RecordKind<CustomerRow | ItemRow | TransactionRow> {
  const type = call.param("type");
  const { tables } = call.account;
  const kind = ((): unknown => {
    if (type === "customer") {
      return {
        type,
        permission: "customers",
        table: tables.customer,
        isOfKind: () => true,
        show: (row) => showCustomer(call, row),
        write: (given, held) => writeCustomer(call, given, held),
      } satisfies RecordKind<CustomerRow>;
    }
    const item = ITEM_TYPES.find((one) => one === type);
    if (item !== undefined) {
      return {
        type,
        permission: "items",
        table: tables.item,
        isOfKind: (row) => row.type === item,
        show: (row) => showItem(call, row),
        write: (given, held) => writeItem(call, given, { ...held, type: item }),
      } satisfies RecordKind<ItemRow>;
    }
    const transaction = TRANSACTION_TYPES.find((one) => one === type);
    if (transaction === undefined) throw notFound();
    return {
      type,
      permission: "transactions",
      table: tables.transaction,
      isOfKind: (row) => row.type === transaction,
      show: (row) => showTransaction(call, row),
      write(given, held) {
        if (transaction === "invoice") throw userError("Here invoices are made from orders only.");
        return writeTransaction(call, given, { ...held, type: transaction });
      },
    } satisfies RecordKind<TransactionRow>;
  })();
  return kind as RecordKind<CustomerRow | ItemRow | TransactionRow>;
}

function found<R extends Row & { readonly externalId: string | null }>(
  kind: RecordKind<R>,
  id: string,
): R | undefined {
  const row = id.startsWith("eid:")
    ? kind.table.where(BY_EXTERNAL_ID, id.slice("eid:".length))[0]
    : kind.table.get(id);
  return row === undefined || !kind.isOfKind(row) ? undefined : row;
}

function write<R extends Row & { readonly externalId: string | null }>(
  call: NetSuiteCall,
  kind: RecordKind<R>,
  held: Held<R>,
): HttpAnswer {
  const given = readExactJson(call.body);
  const { faults } = call.account;
  const struck = take(
    { faults, vendor: "netsuite", operation: call.operation, object: kind.type },
    ["refuse_write", "lock"],
  );
  if (struck?.kind === "lock")
    throw new NetSuiteError({
      status: 400,
      code: "RCRD_HAS_BEEN_CHANGED",
      detail: "Error while accessing a resource. Record has been changed",
    });
  if (struck !== undefined) throw userError(struck.message ?? "A script of the account refuses.");
  return written(call, { type: kind.type, id: kind.write(given, held).id });
}

const PERMISSION_NAMES = { customers: "Customers", items: "Items", transactions: "Sales Order" };

function mustBePermitted(call: NetSuiteCall, permission: keyof typeof PERMISSION_NAMES): void {
  if (call.account.settings().missingPermissions.includes(permission))
    throw insufficientPermission(PERMISSION_NAMES[permission]);
}

function missing(): never {
  throw notFound();
}
