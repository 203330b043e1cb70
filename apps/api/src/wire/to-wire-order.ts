import type {
  WireOrder,
  WireOrderEvent,
  WireOrderLine,
  WireOrderProblem,
  WireWaitingOn,
} from "@usher/api-contract";
import { toWire } from "@usher/api-contract";
import type { OrderWithContent, StoredOrderEvent } from "@usher/database";
import { describeError } from "@usher/entitlement-core/errors";
import { instantFromIso, parseCurrency, termInterval } from "@usher/entitlement-core/kernel";
import {
  type OrderLine,
  orderTotal,
  type Problem,
  type WaitingOn,
} from "@usher/entitlement-core/order";
import { eventSentence } from "../pages/event-sentence.ts";
import { toWireInstant } from "./to-wire-instant.ts";
import { toWireMoney } from "./to-wire-money.ts";

export function toWireOrder(order: OrderWithContent): WireOrder {
  const { content, customer, state } = order;
  const currency =
    content?.currency ?? (order.currency === null ? null : parseCurrency(order.currency));
  return {
    id: order.id,
    number: order.number,
    kind: order.kind,
    status: order.status,
    waiting_on: order.waitingOn === null ? null : toWireWaitingOn(order.waitingOn),
    problem: order.problem === null ? null : toWireProblem(order.problem),
    source: { ...order.source, version: order.dealVersion },
    name: order.dealName,
    customer:
      customer === null
        ? null
        : { id: customer.id, external_id: customer.externalId, name: customer.name },
    lines: content?.lines.map(toWireLine) ?? [],
    currency,
    total: content === null ? null : toWireMoney(orderTotal(content)),
    revision: order.revision,
    revision_hash: order.revisionHash,
    active_from: state.phase === "active" ? normalizeIso(state.activeFromIso) : null,
    active_until:
      state.phase === "active" && state.activeUntilIso !== null
        ? normalizeIso(state.activeUntilIso)
        : null,
    created_at: toWireInstant(order.createdAt),
    updated_at: toWireInstant(order.updatedAt),
  };
}

function toWireWaitingOn({ who, sinceIso, dueIso }: WaitingOn): WireWaitingOn {
  return { who, since: normalizeIso(sinceIso), due: dueIso === null ? null : normalizeIso(dueIso) };
}

function toWireProblem(problem: Problem): WireOrderProblem {
  return {
    code: problem.code,
    sentence: problem.sentence,
    where: problem.where === null ? null : { ...problem.where },
    resume_at: problem.resumeAt,
    help: describeError(problem.code).docsPath,
    faults: problem.faults.map((fault) => ({
      code: fault.code,
      sentence: fault.sentence,
      where: fault.where === null ? null : { ...fault.where },
    })),
  };
}

function toWireLine(line: OrderLine): WireOrderLine {
  const { from, to } = termInterval(line.term);
  return {
    line_id: line.lineId,
    sku: line.sku,
    product_code: line.productCode,
    quantity: line.quantity,
    unit_price: toWireMoney(line.unitPrice),
    list_price: line.listPrice === null ? null : toWireMoney(line.listPrice),
    term: {
      starts_on: line.term.startsOn,
      months: line.term.months,
      time_zone: line.term.timeZone,
    },
    active_from: toWireInstant(from),
    active_until: to === null ? null : toWireInstant(to),
  };
}

export function toWireOrderEvent({
  sequence,
  event,
  actor,
  occurredAt,
}: StoredOrderEvent): WireOrderEvent {
  const { type, ...data } = event;
  const { sentence, more } = eventSentence(event);
  return {
    sequence,
    type,
    sentence,
    detail: more,
    data: toWire(data) as Record<string, unknown>,
    actor,
    occurred_at: toWireInstant(occurredAt),
  };
}

function normalizeIso(iso: string): string {
  return toWireInstant(instantFromIso(iso));
}
