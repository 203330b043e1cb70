import { decimalText } from "@usher/connector-sdk/http";
import { z } from "zod";

export const createdRecord = z.looseObject({ id: z.string() });

export const recordPage = z.looseObject({ records: z.array(z.looseObject({ Id: z.string() })) });

/** Custom fields stand under the names that the prefix makes. */
const orderItem = z.looseObject({
  Id: z.string(),
  PricebookEntryId: z.string().nullish(),
  TotalPrice: decimalText.nullish(),
});

export const orderPage = z.looseObject({
  records: z.array(
    z.looseObject({
      Id: z.string(),
      OrderNumber: z.string().nullish(),
      Status: z.string(),
      OrderItems: z.looseObject({ done: z.boolean(), records: z.array(orderItem) }).nullish(),
    }),
  ),
});

export const graphAnswer = z.looseObject({
  graphs: z
    .array(
      z.looseObject({
        isSuccessful: z.boolean(),
        graphResponse: z.looseObject({
          compositeResponse: z.array(
            z.looseObject({
              referenceId: z.string(),
              httpStatusCode: z.int(),
              body: z.unknown(),
            }),
          ),
        }),
      }),
    )
    .length(1),
});
