import { aCallContext, outcomeOf, startFaultProxy } from "@usher/connector-sdk/testing";
import { createTrytonConnector } from "@usher/connector-tryton";
import { trytonNames } from "@usher/local-services";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anErpLine, anErpOrder } from "./an-erp-order.ts";
import {
  connectErp,
  startTrytonWorld,
  type TrytonWorld,
  trytonConfigFor,
  whyNoTryton,
} from "./tryton-world.ts";

let world: TrytonWorld;

describe.skipIf(whyNoTryton !== null)(
  `a live Tryton${whyNoTryton === null ? "" : `, left out: ${whyNoTryton}`}`,
  () => {
    beforeAll(async () => {
      world = await startTrytonWorld();
    });
    afterAll(() => world.stop());

    const connect = (change: Readonly<Record<string, unknown>> = {}) =>
      connectErp({ config: trytonConfigFor(world, world.url, change) });

    describe("amounts", () => {
      it("three times 83.25 is 249.75 on the sale, on the draft invoice and in the answer", async () => {
        const erp = connect();
        const order = anErpOrder();
        const { records } = await erp.bookOrder(order, aCallContext());
        expect(records).toMatchObject([{ lineIds: ["line_1"], totalMinor: 24_975 }]);
        const [sale] = await world.sales(order.orderId);
        expect(sale?.untaxed_amount.decimal).toBe("249.75");
        expect(sale?.["lines."]).toMatchObject([{ unit_price: { decimal: "83.25" }, quantity: 3 }]);
        expect(sale?.["invoices."]).toMatchObject([
          { state: "draft", untaxed_amount: { decimal: "249.75" } },
        ]);
        expect(await erp.readInvoices({ orderId: order.orderId }, aCallContext())).toMatchObject({
          state: "pending",
          invoices: [{ state: "draft", untaxedMinor: 24_975, currency: "USD" }],
        });
      });

      it.each([
        ["JPY", 500, "1500"],
        ["KWD", 1_230, "3.690"],
        ["EUR", 1, "0.03"],
      ])("an order in %s is booked to its last digit", async (currency, minor, decimal) => {
        const order = anErpOrder({ currency, lines: [anErpLine({ unitAmountMinor: minor })] });
        const { records } = await connect().bookOrder(order, aCallContext());
        expect(records[0]?.totalMinor).toBe(3 * minor);
        expect((await world.sales(order.orderId))[0]?.untaxed_amount.decimal).toBe(decimal);
      });

      it("taxes come from the product, as Tryton's own form would fill them in; what is booked is before taxes", async () => {
        await world.makeProduct({ sku: "TAXED", category: trytonNames.taxedCategory });
        const order = anErpOrder({ lines: [anErpLine({ sku: "TAXED" })] });
        const erp = connect();
        const { records } = await erp.bookOrder(order, aCallContext());
        expect(records[0]?.totalMinor).toBe(24_975);
        const { invoices } = await erp.readInvoices({ orderId: order.orderId }, aCallContext());
        expect(invoices).toMatchObject([{ untaxedMinor: 24_975, totalMinor: 27_473 }]);
      });

      it("a currency that Tryton does not have is named before anything is made", async () => {
        const order = anErpOrder({ currency: "CHF" });
        expect(await outcomeOf(connect().bookOrder(order, aCallContext()))).toMatchObject({
          category: "validation",
          message: expect.stringContaining("no currency CHF"),
        });
        expect(await world.sales(order.orderId)).toEqual([]);
      });
    });

    describe("refusals", () => {
      it("confirming swallows the refusal of the processing behind it: asked for again it is told, and the fixed order goes on", async () => {
        await world.makeProduct({ sku: "NO-CATEGORY", category: null });
        const order = anErpOrder({ lines: [anErpLine({ sku: "NO-CATEGORY" })] });
        const erp = connect();
        expect(await outcomeOf(erp.bookOrder(order, aCallContext()))).toMatchObject({
          category: "validation",
          vendorCode: "UserError",
          message: expect.stringContaining('There is no "Account Category" defined'),
        });
        expect(await world.sales(order.orderId)).toMatchObject([{ state: "confirmed" }]);
        await giveCategory("NO-CATEGORY");
        await erp.bookOrder(order, aCallContext());
        expect(await world.sales(order.orderId)).toMatchObject([{ state: "processing" }]);
      });

      it("a product that neither Tryton has nor Usher may make is named with the fix", async () => {
        const order = anErpOrder({ lines: [anErpLine({ sku: "UNKNOWN" })] });
        const erp = connect({ accountCategory: null });
        expect(await outcomeOf(erp.bookOrder(order, aCallContext()))).toMatchObject({
          category: "validation",
          where: { record: "Tryton product UNKNOWN", field: "code" },
        });
        expect(await world.sales(order.orderId)).toEqual([]);
      });
    });

    describe("whose is what", () => {
      it("sale.reference is not unique: a person's sale under our reference is neither taken for ours nor touched", async () => {
        const order = anErpOrder();
        const party = await makeParty([]);
        await world.administrator.call("model.sale.sale.create", [
          { party, reference: order.orderId, description: "by hand" },
        ]);
        await connect().bookOrder(order, aCallContext());
        expect((await world.sales(order.orderId)).map(({ state }) => state)).toEqual([
          "draft",
          "processing",
        ]);
      });

      it("a customer who was in Tryton before is linked by the CRM's id on the party", async () => {
        const order = anErpOrder();
        const party = await makeParty([order.customer.externalId]);
        const { remoteCustomerId } = await connect().upsertCustomer(order.customer, aCallContext());
        expect(remoteCustomerId).toBe(String(party));
      });

      it("an item that Tryton has is used as it is", async () => {
        await world.makeProduct({ sku: "THEIRS", category: trytonNames.category });
        const erp = connect();
        const first = await erp.upsertItem({ sku: "THEIRS", name: "Ours" }, aCallContext());
        const [theirs] = await world.administrator.call<readonly { id: number; name: string }[]>(
          "model.product.product.search_read",
          [["code", "=", "THEIRS"]],
          0,
          null,
          null,
          ["name"],
        );
        expect(theirs).toMatchObject({ id: Number(first.remoteItemId), name: "THEIRS" });
      });

      it("a sale whose description a person changed is still ours", async () => {
        const order = anErpOrder({ lines: [anErpLine({ sku: "NO-CATEGORY-2" })] });
        await world.makeProduct({ sku: "NO-CATEGORY-2", category: null });
        await outcomeOf(connect().bookOrder(order, aCallContext()));
        const [sale] = await world.sales(order.orderId);
        await world.administrator.call("model.sale.sale.draft", [sale?.id]);
        await world.administrator.call("model.sale.sale.write", [sale?.id], {
          description: "mine",
        });
        await giveCategory("NO-CATEGORY-2");
        await connect().bookOrder(order, aCallContext());
        expect(await world.sales(order.orderId)).toMatchObject([
          { id: sale?.id, state: "processing" },
        ]);
      });
    });

    describe("the optimistic lock", () => {
      it("a sale that somebody changes between reading and writing is read again, and nothing of theirs is lost", async () => {
        const order = anErpOrder();
        const meddle = async () => {
          const [sale] = await world.sales(order.orderId);
          await world.administrator.call("model.sale.sale.write", [sale?.id], {
            comment: "urgent",
          });
        };
        const { erp, refusals } = connectMeddled({ before: ".quote", times: 1, meddle });
        await erp.bookOrder(order, aCallContext());
        expect(refusals).toEqual(["ConcurrencyException"]);
        expect(await commentsOf(order.orderId)).toEqual(["urgent"]);
      });

      it("ConcurrencyException that does not end is conflict_stale", async () => {
        const order = anErpOrder();
        let edits = 0;
        const meddle = async () => {
          const [sale] = await world.sales(order.orderId);
          edits += 1;
          await world.administrator.call("model.sale.sale.write", [sale?.id], {
            comment: `edit ${edits}`,
          });
        };
        const { erp } = connectMeddled({
          before: ".quote",
          times: Number.POSITIVE_INFINITY,
          meddle,
        });
        expect(await outcomeOf(erp.bookOrder(order, aCallContext()))).toMatchObject({
          category: "conflict_stale",
          vendorCode: "ConcurrencyException",
        });
        expect(edits).toBeLessThan(10);
        await connect().bookOrder(order, aCallContext());
        expect(await world.sales(order.orderId)).toMatchObject([{ state: "processing" }]);
      });
    });

    describe("amending and taking back", () => {
      it("a later revision amends the sale and makes its draft invoice anew", async () => {
        const erp = connect();
        const order = anErpOrder();
        await erp.bookOrder(order, aCallContext());
        const later = { ...order, revision: 2, lines: [anErpLine({ quantity: 5 })] };
        const { records } = await erp.amendOrder(later, aCallContext());
        expect(records).toMatchObject([{ totalMinor: 41_625 }]);
        const [sale, ...others] = await world.sales(order.orderId);
        expect(others).toEqual([]);
        expect(sale?.["amendments."]).toEqual([expect.objectContaining({ state: "validated" })]);
        expect(sale?.["invoices."]).toMatchObject([
          { state: "draft", untaxed_amount: { decimal: "416.25" } },
        ]);
        expect(await outcomeOf(erp.bookOrder(order, aCallContext()))).toMatchObject({
          category: "conflict_stale",
          message: expect.stringContaining("already has revision 2"),
        });
      });

      it("a line that is added gets a sale of its own, since an amendment cannot add one", async () => {
        const erp = connect();
        const order = anErpOrder();
        await erp.bookOrder(order, aCallContext());
        const lines = [...order.lines, anErpLine({ lineId: "line_2", sku: "GTX-BASIC" })];
        const { records } = await erp.amendOrder({ ...order, revision: 2, lines }, aCallContext());
        expect(records.map(({ lineIds }) => lineIds)).toEqual([["line_1"], ["line_2"]]);
        const { records: again } = await connect().bookOrder(
          { ...order, revision: 2, lines },
          aCallContext(),
        );
        expect(again).toEqual(records);
      });

      it("a price that was invoiced is credited and invoiced anew, never changed behind the invoice", async () => {
        const erp = connect();
        const order = anErpOrder();
        await erp.bookOrder(order, aCallContext());
        await world.postInvoices(order.orderId);
        const lines = [anErpLine({ unitAmountMinor: 9_000 })];
        await erp.amendOrder({ ...order, revision: 2, lines }, aCallContext());
        const { invoices } = await erp.readInvoices({ orderId: order.orderId }, aCallContext());
        expect(invoices.map(({ state, untaxedMinor }) => [state, untaxedMinor])).toEqual([
          ["posted", 24_975],
          ["draft", -24_975],
          ["draft", 27_000],
        ]);
      });

      it("what was not invoiced is canceled, what was is credited, and twice is as once", async () => {
        const erp = connect();
        const [open, posted] = [anErpOrder(), anErpOrder()];
        for (const order of [open, posted]) await erp.bookOrder(order, aCallContext());
        await world.postInvoices(posted.orderId);
        const left = [];
        for (const { orderId } of [open, posted, open, posted]) {
          await erp.cancelOrder(
            { orderId, revision: 1, reason: "changed their mind" },
            aCallContext(),
          );
          const { invoices } = await erp.readInvoices({ orderId }, aCallContext());
          left.push(invoices.map(({ state, untaxedMinor }) => [state, untaxedMinor]));
        }
        const credited = [
          ["posted", 24_975],
          ["draft", -24_975],
        ];
        expect(left).toEqual([[], credited, [], credited]);
      });

      it("cut at any write, an amendment is finished by the retry and made once", async () => {
        const proxy = await startFaultProxy({ peerUrl: world.url });
        const meddled = () => connectErp({ config: trytonConfigFor(world, proxy.url) });
        try {
          for (const method of ["sale.amendment.create", "sale.amendment.validate_amendment"]) {
            const order = anErpOrder();
            await connect().bookOrder(order, aCallContext());
            const later = { ...order, revision: 2, lines: [anErpLine({ quantity: 4 })] };
            proxy.calm();
            proxy.strike({
              when: ({ body }) => body.includes(`model.${method}"`),
              fault: { kind: "reset-after-commit" },
              times: 1,
            });
            const cut = await outcomeOf(meddled().amendOrder(later, aCallContext()));
            expect(cut.category).toBe("outcome_unknown");
            const { records } = await meddled().amendOrder(later, aCallContext());
            expect(records).toMatchObject([{ totalMinor: 33_300 }]);
            const [sale] = await world.sales(order.orderId);
            expect(sale?.["amendments."]).toHaveLength(1);
          }
        } finally {
          await proxy.close();
        }
      });
    });

    describe("credentials", () => {
      it("the log-in lock-out is never triggered: twenty calls with a wrong password are one request, and the right one still works", async () => {
        const proxy = await startFaultProxy({ peerUrl: world.url });
        try {
          const erp = connectErp({
            config: trytonConfigFor(world, proxy.url, { password: "canary-password" }),
          });
          for (let call = 0; call < 20; call += 1) {
            const outcome = await outcomeOf(erp.check(aCallContext()));
            expect(outcome.category).toBe("auth_invalid");
            expect(JSON.stringify(outcome)).not.toContain("canary-password");
          }
          expect(proxy.requests).toHaveLength(1);
        } finally {
          await proxy.close();
        }
        expect((await outcomeOf(connect().check(aCallContext()))).category).toBe("ok");
      });

      it("a session that Tryton ended costs one log-in, and the call is repeated once", async () => {
        const proxy = await startFaultProxy({ peerUrl: world.url });
        try {
          const erp = connectErp({ config: trytonConfigFor(world, proxy.url) });
          await erp.readInvoices({ orderId: "none" }, aCallContext());
          await world.administrator.call("model.res.user.write", [await userId()], {
            // Changing a password ends every session of the user.
            password: world.password,
          });
          proxy.calm();
          await erp.readInvoices({ orderId: "none" }, aCallContext());
          expect(proxy.requests.map(({ status }) => status)).toEqual([401, 200, 200]);
        } finally {
          await proxy.close();
        }
      });

      it.each([
        ["database", "nothing", "config", /no such database/],
        ["company", "Nobody", "config", /no company “Nobody”/],
        ["accountCategory", "Nothing", "config", /no accounting category “Nothing”/],
      ])("a wrong %s is told by check", async (field, value, category, message) => {
        const outcome = await outcomeOf(connect({ [field]: value }).check(aCallContext()));
        expect(outcome).toMatchObject({ category, message: expect.stringMatching(message) });
      });

      it("check names every right that the user lacks, not only the first", async () => {
        await world.administrator.call("model.res.user.create", [
          {
            name: "Bare",
            login: "bare",
            password: "bare-of-the-tests",
            companies: [["add", [1]]],
            company: 1,
          },
        ]);
        const erp = connect({ user: "bare", password: "bare-of-the-tests" });
        expect(await outcomeOf(erp.check(aCallContext()))).toMatchObject({
          category: "permission",
          message: expect.stringMatching(
            /sale\.sale.*sale\.amendment.*account\.invoice.*product\.template/s,
          ),
        });
      });
    });

    async function giveCategory(sku: string): Promise<void> {
      const { administrator: rpc } = world;
      const [category] = await rpc.call<readonly number[]>(
        "model.product.category.search",
        [["name", "=", trytonNames.category]],
        0,
        1,
        null,
      );
      const templates = await rpc.call<readonly number[]>(
        "model.product.template.search",
        [["code", "=", sku]],
        0,
        1,
        null,
      );
      await rpc.call("model.product.template.write", templates, { account_category: category });
    }

    async function makeParty(codes: readonly string[]): Promise<number> {
      const [party = 0] = await world.administrator.call<readonly number[]>(
        "model.party.party.create",
        [
          {
            name: "Theirs",
            addresses: [["create", [{}]]],
            identifiers: [["create", codes.map((code) => ({ code }))]],
          },
        ],
      );
      return party;
    }

    async function commentsOf(orderId: string) {
      const sales = await world.administrator.call<readonly { comment: string | null }[]>(
        "model.sale.sale.search_read",
        [["reference", "=", orderId]],
        0,
        null,
        null,
        ["comment"],
      );
      return sales.map(({ comment }) => comment);
    }

    async function userId(): Promise<number> {
      const [id = 0] = await world.administrator.call<readonly number[]>(
        "model.res.user.search",
        [["login", "=", world.user]],
        0,
        1,
        null,
      );
      return id;
    }

    /** Somebody else does something right before a write arrives. */
    function connectMeddled(input: {
      readonly before: string;
      readonly times: number;
      readonly meddle: () => Promise<void>;
    }) {
      let left = input.times;
      const refusals: unknown[] = [];
      const meddled: typeof fetch = async (url, init) => {
        if (left > 0 && String(init?.body).includes(`${input.before}"`)) {
          left -= 1;
          await input.meddle();
        }
        const answer = await fetch(url, init);
        const text = await answer.text();
        if (text.includes('"error"')) refusals.push(JSON.parse(text).error[0]);
        return new Response(text, { status: answer.status, headers: answer.headers });
      };
      const { erp } = createTrytonConnector().connect(
        { connectionId: "con_meddled", config: trytonConfigFor(world, world.url) },
        { fetch: meddled, now: Date.now },
      );
      if (erp === null || erp === undefined) throw new Error("Tryton is an ERP");
      return { erp, refusals };
    }
  },
);
