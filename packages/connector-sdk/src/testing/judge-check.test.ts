import { beforeAll, describe, expect, it } from "vitest";
import type { AbilityFacts } from "./ability.ts";
import { conformanceChecks } from "./conformance-checks.ts";
import type { ConformanceHarness } from "./conformance-harness.ts";
import { judgeCheck } from "./judge-check.ts";
import { conformance } from "./reference/testing/acme-conformance.ts";

let harness: ConformanceHarness;

beforeAll(async () => {
  harness = await conformance.start();
  return () => harness.stop();
});

function judge(
  id: number,
  change: {
    readonly harness?: Partial<ConformanceHarness>;
    readonly system?: Partial<AbilityFacts["system"]>;
    readonly skips?: Readonly<Record<number, { readonly bypassReason: string }>>;
  } = {},
) {
  const check = conformanceChecks.find((one) => one.id === id);
  if (check === undefined) throw new Error(`no check ${id}`);
  const system = harness.connect({ url: harness.peerUrl, fetch, now: Date.now });
  return judgeCheck({
    check,
    subject: { skips: change.skips ?? {} },
    facts: {
      harness: { ...harness, ...change.harness },
      system: { ...system, ...change.system },
      folder: conformance.folder ?? null,
    },
  });
}

describe("whether a check is run", () => {
  it("is, when the connector does it and the harness can drive it", () => {
    expect(judge(15)).toEqual({ kind: "runs" });
  });

  it("is not, and needs no reason, when the connector does no such thing", () => {
    expect(judge(15, { system: { crm: null } })).toMatchObject({ kind: "beyond" });
    expect(judge(45, { system: { subscriptions: null } })).toMatchObject({ kind: "beyond" });
  });

  it("is unproven when the harness lacks the part, which is named", () => {
    const { crm: _, ...rest } = harness;
    expect(judge(15, { harness: { ...rest, crm: undefined } as never })).toEqual({
      kind: "unproven",
      because: "the harness has no `crm`",
    });
  });

  it("is left out for a reason, and never without one", () => {
    const skips = { 15: { bypassReason: "the sandbox has one page" } };
    expect(judge(15, { skips })).toEqual({ kind: "skipped", because: "the sandbox has one page" });
    expect(() => judge(15, { skips: { 15: { bypassReason: " " } } })).toThrow(/without a reason/);
  });
});
