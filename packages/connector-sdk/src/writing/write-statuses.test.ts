import { describe, expect, it } from "vitest";
import { connectorFailure } from "../http/connector-failure.ts";
import type { DealStatus } from "../spec/crm-connector.ts";
import { type StatusUpdate, type StatusWriting, writeStatuses } from "./write-statuses.ts";

interface Record {
  readonly sequence: number;
  readonly status: string;
}

const aStatus = (sequence: number, status = `status ${sequence}`): DealStatus => ({
  orderId: "ord_1",
  sequence,
  status,
  waitingOn: null,
  dueAtIso: null,
  activeFromIso: null,
  activeUntilIso: null,
  problem: null,
  summary: "",
  url: "",
});

/** A CRM of numbered deals, two records a batch. */
function aCrm(standing: Readonly<{ [id: string]: Record }>, failAt = Number.POSITIVE_INFINITY) {
  const records = new Map(Object.entries(standing));
  const sent: (readonly StatusUpdate<Record>[])[] = [];
  const writing: StatusWriting<Record, Record> = {
    batchSizeMax: 2,
    toRemoteId: (dealId) => (/^\d+$/.test(dealId) ? dealId : null),
    readCurrent: async (ids) =>
      new Map([...records].filter(([id]) => ids.some((wanted) => wanted === id))),
    sequenceOf: ({ sequence }) => sequence,
    toValues: ({ sequence, status }) => ({ sequence, status }),
    showsSame: ({ remote, wanted }) =>
      remote.sequence === wanted.sequence && remote.status === wanted.status,
    describe: ({ id }) => `Deal ${id}`,
    goneError: (dealId) =>
      connectorFailure({ category: "not_found", message: `${dealId} is gone` }).detail,
    send: async (updates) => {
      if (sent.length >= failAt) {
        throw connectorFailure({ category: "transient", message: "the CRM is away" });
      }
      sent.push(updates);
      for (const { id, values } of updates) records.set(id, values);
      return new Map(updates.map(({ place }) => [place, "written" as const]));
    },
  };
  const write = (...writes: readonly (readonly [string, DealStatus])[]) =>
    writeStatuses(
      writing,
      writes.map(([dealId, status]) => ({ dealId, status })),
    );
  return { write, sent, records };
}

describe("writeStatuses", () => {
  it("answers each input in its place: written, unchanged, outrun, gone", async () => {
    const { write, sent } = aCrm({
      1: { sequence: 0, status: "" },
      2: { sequence: 3, status: "status 3" },
      3: { sequence: 9, status: "later" },
    });
    expect(
      await write(
        ["1", aStatus(1)],
        ["2", aStatus(3)],
        ["3", aStatus(4)],
        ["4", aStatus(1)],
        ["not an id", aStatus(1)],
      ),
    ).toEqual([
      "written",
      "unchanged",
      "outrun",
      { error: expect.objectContaining({ category: "not_found" }) },
      { error: expect.objectContaining({ category: "not_found" }) },
    ]);
    expect(sent).toHaveLength(1);
  });

  it("sends of several writes to one record the latest alone, whatever their order", async () => {
    const { write, sent, records } = aCrm({ 1: { sequence: 0, status: "" } });
    expect(await write(["1", aStatus(5)], ["1", aStatus(2)])).toEqual(["written", "outrun"]);
    expect(sent.map((updates) => updates.length)).toEqual([1]);
    expect(records.get("1")?.sequence).toBe(5);
  });

  it("throws when nothing was tried, and tells it per input once something was", async () => {
    const standing = Object.fromEntries(
      ["1", "2", "3", "4", "5"].map((id) => [id, { sequence: 0, status: "" }]),
    );
    const all = ["1", "2", "3", "4", "5"].map((id) => [id, aStatus(1)] as const);
    await expect(aCrm(standing, 0).write(...all)).rejects.toThrow("the CRM is away");
    const error = { error: expect.objectContaining({ category: "transient" }) };
    expect(await aCrm(standing, 1).write(...all)).toEqual([
      "written",
      "written",
      error,
      error,
      error,
    ]);
  });
});
