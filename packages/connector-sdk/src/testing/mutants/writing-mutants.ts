import type { Mutant } from "./mutant.ts";
import { changed, failingOtherwise, type SentRequest, tamperPort, tamperWire } from "./tamper.ts";

const isBills = ({ url, method }: SentRequest, wanted: string) =>
  url.pathname === "/v1/bills" && method === wanted;

/** Bills the order as if nothing stood over there, under a key that nobody used. */
const blindly = (key: string) => ({
  lookup: (response: Response) => changed(response, { body: () => '{"bills":[]}' }),
  make: ({ init, body }: SentRequest) => ({
    init: { ...init, body: JSON.stringify({ ...body, external_key: key }) },
  }),
});

export const writingMutants: readonly Mutant[] = [
  {
    check: 24,
    fault: "each success of a process makes its next key another one",
    dependencies: tamperWire(() => {
      const made = new Set<string>();
      return async (request, send) => {
        const { url, body } = request;
        const orderId = String(body["order_id"] ?? url.searchParams.get("order_id") ?? "");
        const key = `${String(body["external_key"])}:${made.size}`;
        if (made.has(orderId) && isBills(request, "GET")) return blindly(key).lookup(await send());
        if (made.has(orderId) && isBills(request, "POST")) return send(blindly(key).make(request));
        const response = await send();
        // The invoice is the order's last bill.
        if (isBills(request, "POST") && response.ok && body["kind"] === "invoice")
          made.add(orderId);
        return response;
      };
    }),
  },
  {
    check: 25,
    fault: "a retry after a failure has a key of its own",
    dependencies: tamperWire(() => {
      const failed = new Set<string>();
      return async (request, send) => {
        const { url, body } = request;
        const orderId = String(body["order_id"] ?? url.searchParams.get("order_id") ?? "");
        const key = `${String(body["external_key"])}:again`;
        if (failed.has(orderId) && isBills(request, "GET"))
          return blindly(key).lookup(await send());
        if (failed.has(orderId) && isBills(request, "POST")) {
          return send(blindly(key).make(request));
        }
        try {
          return await send();
        } catch (error) {
          if (isBills(request, "POST")) failed.add(orderId);
          throw error;
        }
      };
    }),
  },
  {
    check: 26,
    fault: "a customer without bills that this process did not make is taken for somebody else's",
    dependencies: tamperWire(() => {
      const own = new Set<string>();
      let hasBills = false;
      return async (request, send) => {
        const { url, method, body, init } = request;
        if (isBills(request, "GET")) {
          const response = await send();
          hasBills = (await response.clone().text()) !== '{"bills":[]}';
          return response;
        }
        if (url.pathname !== "/v1/customers" || hasBills) return send();
        const key = String(body["external_key"] ?? url.searchParams.get("external_key"));
        if (method === "POST") {
          const isTwice = own.has(`hidden ${key}`);
          own.add(key);
          const external_key = isTwice ? `${key}:2` : key;
          return send({ init: { ...init, body: JSON.stringify({ ...body, external_key }) } });
        }
        const response = await send();
        const isThere = !(await response.clone().text()).includes('"customers":[]');
        if (!isThere || own.has(key)) return response;
        own.add(`hidden ${key}`);
        return changed(response, { body: () => '{"customers":[]}' });
      };
    }),
  },
  {
    check: 27,
    fault: "an order id is cut where a path would end",
    dependencies: tamperWire(() => async (request, send) => {
      if (!isBills(request, "POST")) return send();
      const { body, init } = request;
      const order_id = String(body["order_id"]).split("?")[0];
      return send({ init: { ...init, body: JSON.stringify({ ...body, order_id }) } });
    }),
  },
  {
    check: 28,
    fault: "a refusal inside a good answer is passed over",
    system: tamperPort("crm", (crm) => ({
      writeStatuses: async (input, context) =>
        (await crm.writeStatuses(input, context)).map((answer) =>
          typeof answer === "string" ? answer : "written",
        ),
    })),
  },
  {
    check: 29,
    fault: "a late status is written over a newer one",
    system: tamperPort("crm", (crm) => ({
      async writeStatus({ dealId, status }, context) {
        const answer = await crm.writeStatus({ dealId, status }, context);
        if (answer !== "outrun") return answer;
        const sequence = status.sequence + 1_000;
        return crm.writeStatus({ dealId, status: { ...status, sequence } }, context);
      },
    })),
  },
  {
    check: 30,
    fault: "the loser of a race is refused",
    dependencies: tamperWire(() => async (_, send) => {
      const response = await send();
      const text = await response.clone().text();
      if (!text.includes("already_exists")) return response;
      return changed(response, { status: 422, body: () => '{"code":"invalid"}' });
    }),
  },
  {
    check: 31,
    fault: "a status that stands already is written again",
    system: tamperPort("crm", (crm) => ({
      async writeStatus(write, context) {
        const answer = await crm.writeStatus(write, context);
        return answer === "unchanged" ? "written" : answer;
      },
    })),
  },
  {
    check: 32,
    fault: "telling a deleted deal is tried again for days",
    system: tamperPort("crm", (crm) => ({
      writeStatus: (write, context) =>
        failingOtherwise(crm.writeStatus(write, context), (detail) => ({
          ...detail,
          category: detail.category === "not_found" ? "transient" : detail.category,
        })),
    })),
  },
];
