import type { CustomerId, Instant, TenantId } from "@usher/entitlement-core/kernel";
import { expect, it } from "vitest";
import { createReadAgainAgenda } from "./read-again-agenda.ts";

const tenantId = "ten_1" as TenantId;
const customer = (id: string) => ({ tenantId, customerId: id as CustomerId });

it("names each customer once from its instant on, until it is forgotten", () => {
  const agenda = createReadAgainAgenda();
  agenda.note({ ...customer("a"), at: 10 as Instant });
  agenda.note({ ...customer("a"), at: 10 as Instant });
  agenda.note({ ...customer("b"), at: 11 as Instant });
  expect(agenda.due(9)).toEqual([]);
  expect(agenda.due(10)).toEqual([customer("a")]);
  expect(agenda.due(11)).toEqual([customer("a"), customer("b")]);
  agenda.forget(10);
  expect(agenda.due(11)).toEqual([customer("b")]);
});

it("keeps what is noted for later while what has come is read", () => {
  const agenda = createReadAgainAgenda();
  agenda.note({ ...customer("a"), at: 10 as Instant });
  for (const one of agenda.due(10)) agenda.note({ ...one, at: 20 as Instant });
  agenda.forget(10);
  expect(agenda.due(19)).toEqual([]);
  expect(agenda.due(20)).toEqual([customer("a")]);
});
