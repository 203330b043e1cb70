import { describe, expect, it } from "vitest";
import type { Mutant } from "../mutants/mutant.ts";
import { mutateSubject } from "../mutants/mutant.ts";
import { changed, tamperPort, tamperWire } from "../mutants/tamper.ts";
import { conformance } from "../reference/testing/acme-conformance.ts";
import { portCallsOf } from "./port-calls.ts";
import { createWrongAnswersProof } from "./prove-wrong-answers.ts";
import { proveWrongEvents } from "./prove-wrong-events.ts";

async function complaintsAbout(mutant: Pick<Mutant, "dependencies" | "system">, name: string) {
  const subject = mutateSubject(conformance, { check: 0, fault: "careless", ...mutant });
  const harness = await subject.start();
  try {
    const call = (await portCallsOf(harness)).find((one) => one.name === name);
    if (call === undefined) throw new Error(`no call ${name}`);
    return (await createWrongAnswersProof({ harness }).prove(call)).complaints.join("\n");
  } finally {
    await harness.stop();
  }
}

describe("a careless connector is told", () => {
  it("that it crashes on a missing field", async () => {
    const system = tamperPort("crm", (crm) => ({
      readDeals: (input, context) =>
        crm.readDeals(input, context).catch((error: unknown) => {
          throw new TypeError(String(error));
        }),
    }));
    expect(await complaintsAbout({ system }, "crm.readDeals")).toContain(
      "which is no ConnectorError",
    );
  });

  it("that it leaves out what it cannot read", async () => {
    const system = tamperPort("crm", (crm) => ({
      readDeals: (input, context) => crm.readDeals(input, context).catch(() => []),
    }));
    expect(await complaintsAbout({ system }, "crm.readDeals")).toMatch(
      /a page of HTML: answer has 0 of 3 without a word/,
    );
  });

  it("that it ends a stream where the answer does not say whether there is more", async () => {
    const dependencies = tamperWire(() => async ({ url }, send) => {
      const response = await send();
      if (url.pathname !== "/v1/changes" || response.status !== 200) return response;
      return changed(response, {
        body: (text) => text.replace(/"has_more":(?!true\b)("[^"]*"|[^,}]*)/, '"has_more":false'),
      });
    });
    expect(await complaintsAbout({ dependencies }, "crm.readChanges")).toMatch(
      /has_more of another type: answer.hasMore is false/,
    );
  });

  it("that it pages without an end", async () => {
    const system = tamperPort("crm", (crm) => ({
      async readDeals(input, context) {
        for (;;) {
          const deals = await crm.readDeals(input, context);
          if (deals.length > 0) return deals;
        }
      },
    }));
    expect(await complaintsAbout({ system }, "crm.readDeals")).toMatch(
      /deals empty: asked \d\d times instead of \d/,
    );
  });

  it("that it follows a foreign address", async () => {
    const dependencies = tamperWire(() => async (_, send) => {
      const response = await send();
      const location = response.headers.get("location");
      return location === null ? response : send({ url: new URL(location) });
    });
    expect(await complaintsAbout({ dependencies }, "crm.readDeals")).toContain(
      "called https://foreign.example",
    );
  });

  it("that its words are none for people", async () => {
    const system = tamperPort("crm", (crm) => ({
      readDeals: (input, context) =>
        crm.readDeals(input, context).catch((error: Error) => {
          throw Object.assign(error, {
            detail: { ...("detail" in error ? (error.detail as object) : {}), message: "no" },
          });
        }),
    }));
    expect(await complaintsAbout({ system }, "crm.readDeals")).toContain(
      "with a message of 2 characters",
    );
  });

  it("that it takes an event for what its type says", async () => {
    const system = tamperPort("billing", (billing) => ({
      async readChange(event, context) {
        const { object_id: id } = event.body as { readonly object_id: string };
        return billing.readChange(
          { ...event, body: { ...(event.body as object), object_id: id.trim() } },
          context,
        );
      },
    }));
    const subject = mutateSubject(conformance, { check: 0, fault: "careless", system });
    const harness = await subject.start();
    try {
      const complaints = (await proveWrongEvents(harness)).join("\n");
      expect(complaints).toMatch(/object_id missing: threw TypeError/);
      expect(complaints).toMatch(/object_id of another type: threw TypeError/);
    } finally {
      await harness.stop();
    }
  });
});
