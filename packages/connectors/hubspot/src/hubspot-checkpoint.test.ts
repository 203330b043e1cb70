import { isConnectorError } from "@usher/connector-sdk/spec";
import { describe, expect, it } from "vitest";
import { fromTheBeginning, readCheckpoint } from "./hubspot-checkpoint.ts";

const nowMs = Date.parse("2026-11-24T10:00:00Z");
const aCheckpoint = { ...fromTheBeginning, from: "2026-11-24T09:00:00.000Z", reads: 3 };

describe("the checkpoint of the stream of deals", () => {
  it("nothing stored is the beginning", () => {
    expect(readCheckpoint({ checkpoint: null, nowMs })).toEqual(fromTheBeginning);
  });

  it("survives the database", () => {
    const checkpoint = JSON.parse(JSON.stringify(aCheckpoint));
    expect(readCheckpoint({ checkpoint, nowMs })).toEqual(aCheckpoint);
  });

  it.each([
    ["of another connector", { stamp: "2026-11-24T09:00:00.000Z", id: "006" }],
    ["with an id that is none", { ...aCheckpoint, lastId: "1' OR" }],
    ["of another phase", { ...aCheckpoint, phase: "contacts" }],
    ["with a day instead of an instant", { ...aCheckpoint, from: "2026-11-24" }],
    ["that lies in the future", { ...aCheckpoint, from: "2026-11-26T00:00:00.000Z" }],
    ["whose pass began in the future", { ...aCheckpoint, until: "2027-01-01T00:00:00.000Z" }],
  ])("one %s is refused, since reading on would skip records in silence", (_, checkpoint) => {
    try {
      readCheckpoint({ checkpoint, nowMs });
      expect.unreachable();
    } catch (error) {
      if (!isConnectorError(error)) throw error;
      expect(error.detail.category).toBe("config");
    }
  });
});
