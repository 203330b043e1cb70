import type { ConformanceCheck } from "../conformance-check.ts";
import { must, mustEqual } from "../conformance-fault.ts";
import type { DealToSeed } from "../conformance-harness.ts";
import { expectCategory, expectOk } from "./expect-outcome.ts";
import { warmCrm } from "./ports-under-check.ts";

const chapter = "Reading";

export const deletedDealIsMissing: ConformanceCheck = {
  id: 21,
  chapter,
  title: "A deleted deal is missing from the answer, and the others are there",
  needs: ["crm", "removed deals"],
  why: "A deal that was deleted has to stop its order. An error instead stops the other 199 of the batch.",
  fix: "Leave out of `readDeals` what is gone; fail only for what could not be read.",
  async run(bench) {
    const { crm, peer, context } = await warmCrm(bench);
    const [gone = "", kept = ""] = await peer.seedEqualStamps({ count: 2 });
    await peer.remove?.(gone);
    const deals = await expectOk(
      "Reading a deleted deal together with another",
      crm.readDeals({ dealIds: [gone, kept] }, context()),
    );
    mustEqual({
      says: "The deleted deal is missing from the answer, the other is in it.",
      path: "deals",
      received: deals.map(({ id }) => id),
      expected: [kept],
    });
  },
};

export const unexpectedShapeIsNamed: ConformanceCheck = {
  id: 22,
  chapter,
  title:
    "Unknown fields are tolerated; a deal without a required one is schema_drift, and only that one",
  needs: ["crm", "spoiled deals"],
  why: "Vendors add fields any day. And a record that stopped making sense must not pass as a deal without lines.",
  fix: "Parse the wire with loose objects and the fields you use as required; `parseShape` names the field.",
  async run(bench) {
    const { crm, peer, context, proxy } = await warmCrm(bench);
    const [good = "", bad = ""] = await peer.seedEqualStamps({ count: 2 });
    const plain = await expectOk("Reading a deal", crm.readDeals({ dealIds: [good] }, context()));
    proxy.strike({ fault: { kind: "rewrite", rewrite: withUnknownFields } });
    const added = await expectOk(
      "Reading a deal whose answer has fields nobody documented",
      crm.readDeals({ dealIds: [good] }, context()),
    );
    mustEqual({
      says: "Unknown fields change nothing about a deal.",
      path: "deals",
      received: added,
      expected: plain,
    });
    proxy.calm();
    proxy.strike({
      fault: {
        kind: "rewrite",
        rewrite: (answer) => peer.spoilDeal?.({ answer, dealId: bad }) ?? answer,
      },
    });
    const error = await expectCategory(
      "Reading a deal that lacks a required field",
      crm.readDeals({ dealIds: [bad] }, context()),
      "schema_drift",
    );
    must(error.message.includes(bad), {
      says: "The error has to name the record, so that the others can go on without it.",
      path: "error.message",
      expected: bad,
      received: error.message,
    });
    const others = await expectOk(
      "Reading another deal meanwhile",
      crm.readDeals({ dealIds: [good] }, context()),
    );
    must(others.length === 1, {
      says: "Another deal is read as ever.",
      path: "deals",
      expected: [good],
      received: others.map(({ id }) => id),
    });
  },
};

/** Works on the text: parsing would change amounts on their way through the kit. */
function withUnknownFields(answer: string): string {
  return answer.replace(/\{(?=\s*")/g, '{"zz_unknown_to_everybody":{"a":[1,null]},');
}

const exactDeals: readonly DealToSeed[] = [
  {
    name: "Ærø 🎉 \u2028 “quotes” & <tags> \\",
    accountName: "株式会社 O'Hara",
    currency: "USD",
    quantity: "3",
    unitPrice: "0.1",
    closedOn: "2026-01-01",
  },
  {
    name: "seventeen digits",
    accountName: "Ångström",
    currency: "EUR",
    quantity: "1",
    unitPrice: "12345678901234.57",
    closedOn: "2026-12-31",
  },
  {
    name: "no decimals",
    accountName: "円",
    currency: "JPY",
    quantity: "2",
    unitPrice: "120000",
    closedOn: "2028-02-29",
  },
  {
    name: "three decimals",
    accountName: "دينار",
    currency: "BHD",
    quantity: "2.5",
    unitPrice: "1.234",
    closedOn: "2026-03-29",
  },
];

export const valuesArriveExactly: ConformanceCheck = {
  id: 23,
  chapter,
  title: "Decimals, zero- and three-decimal currencies, dates and every character arrive exactly",
  needs: ["crm", "seeded deals"],
  why: "A price through a double is another price; a date through a time zone is another day; zero-decimal currencies have been charged a hundredfold (InvoicePlane #1677).",
  fix: "Parse with `parseDecimalSafeJson` or `readJsonAnswer`, keep amounts as decimal strings and dates as `YYYY-MM-DD`.",
  async run(bench) {
    const { crm, peer, context } = await warmCrm(bench);
    for (const seeded of exactDeals) {
      const id = (await peer.seedDeal?.(seeded)) ?? "";
      const [deal] = await expectOk("Reading a deal", crm.readDeals({ dealIds: [id] }, context()));
      const line = deal?.lines[0];
      mustEqual({
        says: `The deal "${seeded.name}" arrives as it was entered.`,
        path: "deal",
        received: {
          name: deal?.name,
          accountName: deal?.account?.name,
          currency: line?.currency ?? deal?.currency,
          quantity: plain(line?.quantity),
          unitPrice: plain(line?.unitPrice),
          closedOn: deal?.closedOn ?? line?.startsOn,
        },
        expected: seeded,
      });
    }
  },
};

/** A decimal without trailing zeros: `12.50` is `12.5`. */
function plain(decimal: string | undefined): string | undefined {
  return decimal?.includes(".") === true ? decimal.replace(/\.?0+$/, "") : decimal;
}
