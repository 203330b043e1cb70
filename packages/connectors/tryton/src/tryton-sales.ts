import type { CallContext } from "@usher/connector-sdk/spec";
import { z } from "zod";
import type { HeldSale } from "./held-sale.ts";
import type { LineChange } from "./plan-sale-step.ts";
import type { TrytonClient } from "./tryton-client.ts";
import type { TrytonCompanies } from "./tryton-company.ts";
import { describeMark, type SaleMark } from "./tryton-marks.ts";
import { saleFields, type TrytonSale, trytonSale } from "./tryton-sale-api.ts";

export interface TrytonSales {
  /** The order's sales, the canceled ones too, the oldest first. At most 100. */
  find(orderId: string, context: CallContext): Promise<readonly TrytonSale[]>;
  /** Presses one of the sale's buttons. `conflict_stale` when somebody changed the sale since it was read. */
  press(
    input: {
      readonly sale: HeldSale;
      readonly button: "quote" | "confirm" | "process" | "draft" | "cancel";
      readonly orderId: string;
    },
    context: CallContext,
  ): Promise<void>;
  /** A draft: `validateAmendment` applies it. */
  makeAmendment(
    input: {
      readonly sale: HeldSale;
      readonly mark: SaleMark;
      readonly changes: readonly LineChange[];
      readonly reason: string | null;
      readonly orderId: string;
    },
    context: CallContext,
  ): Promise<void>;
  validateAmendment(input: OfAmendment, context: CallContext): Promise<void>;
  dropAmendment(input: OfAmendment, context: CallContext): Promise<void>;
}

interface OfAmendment {
  readonly sale: HeldSale;
  readonly amendment: number;
  readonly orderId: string;
}

const sales = z.array(trytonSale);
const descriptionLengthMax = 200;

export function createTrytonSales(input: {
  readonly client: TrytonClient;
  readonly companies: TrytonCompanies;
}): TrytonSales {
  const { client, companies } = input;

  /** A write after which the sale must still be the one that was read. */
  async function write(
    call: {
      readonly method: string;
      readonly parameters: readonly unknown[];
      readonly what: string;
      readonly sale: HeldSale;
    },
    context: CallContext,
  ): Promise<void> {
    const company = await companies.current(context);
    const { id, timestamp } = call.sale;
    const asRead = timestamp === null ? {} : { _timestamp: { [`sale.sale,${id}`]: timestamp } };
    await client.call(
      {
        method: call.method,
        parameters: call.parameters,
        context: { ...company.context, ...asRead },
        isWrite: true,
        what: call.what,
        result: z.unknown(),
      },
      context,
    );
  }

  return {
    async find(orderId, context) {
      const company = await companies.current(context);
      const domain = [
        ["reference", "=", orderId],
        ["company", "=", company.id],
      ];
      return client.call(
        {
          method: "model.sale.sale.search_read",
          parameters: [domain, 0, 100, [["id", "ASC"]], saleFields],
          context: company.context,
          isWrite: false,
          what: `Reading the sales of order ${orderId}`,
          result: sales,
        },
        context,
      );
    },
    press: ({ sale, button, orderId }, context) =>
      write(
        {
          method: `model.sale.sale.${button}`,
          parameters: [[sale.id]],
          what: `${saying[button]} of order ${orderId}`,
          sale,
        },
        context,
      ),
    makeAmendment: ({ sale, mark, changes, reason, orderId }, context) => {
      const because = reason === null ? "" : `: ${reason}`;
      const amendment = {
        sale: sale.id,
        description: `${describeMark(mark)}${because}`.slice(0, descriptionLengthMax),
        lines: [
          [
            "create",
            changes.map(({ line, quantity, unitPrice, description }) => ({
              action: "line",
              line: line.id,
              product: line.productId,
              unit: line.unit,
              quantity,
              unit_price: { __class__: "Decimal", decimal: unitPrice },
              description,
            })),
          ],
        ],
      };
      return write(
        {
          method: "model.sale.amendment.create",
          parameters: [[amendment]],
          what: `Amending the sale of order ${orderId}`,
          sale,
        },
        context,
      );
    },
    validateAmendment: ({ sale, amendment, orderId }, context) =>
      write(
        {
          method: "model.sale.amendment.validate_amendment",
          parameters: [[amendment]],
          what: `Validating the amendment of order ${orderId}`,
          sale,
        },
        context,
      ),
    dropAmendment: ({ sale, amendment, orderId }, context) =>
      write(
        {
          method: "model.sale.amendment.delete",
          parameters: [[amendment]],
          what: `Removing a half-made amendment of order ${orderId}`,
          sale,
        },
        context,
      ),
  };
}

const saying = {
  quote: "Quoting the sale",
  confirm: "Confirming the sale",
  process: "Processing the sale",
  draft: "Setting the sale back",
  cancel: "Canceling the sale",
} as const;
