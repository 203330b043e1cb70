import { decimalText } from "@usher/connector-sdk/http";
import { z } from "zod";
import { salesforceStamp } from "./salesforce-stamp.ts";

const person = z.looseObject({ Name: z.string().nullish(), Email: z.string().nullish() });

/** Only what is read of a line. Custom fields stand under the names the connection configures. */
export const salesforceLineItem = z.looseObject({
  Id: z.string(),
  Quantity: decimalText.nullable(),
  UnitPrice: decimalText.nullable(),
  /** `12.5` is an eighth off `UnitPrice`. */
  Discount: decimalText.nullable(),
  ListPrice: decimalText.nullish(),
  ServiceDate: z.string().nullish(),
  SystemModstamp: salesforceStamp,
  CurrencyIsoCode: z.string().nullish(),
  Product2: z
    .looseObject({ ProductCode: z.string().nullish(), Name: z.string().nullish() })
    .nullish(),
});
export type SalesforceLineItem = z.output<typeof salesforceLineItem>;

/** One page of records; a child list inside a record has the same shape. */
const page = <Row extends z.ZodType>(row: Row) =>
  z.looseObject({
    done: z.boolean(),
    nextRecordsUrl: z.string().optional(),
    records: z.array(row),
  });

export const salesforceLineItemPage = page(salesforceLineItem);

export const salesforceOpportunity = z.looseObject({
  Id: z.string(),
  Name: z.string().nullable(),
  IsWon: z.boolean(),
  CloseDate: z.string().nullish(),
  SystemModstamp: salesforceStamp,
  CurrencyIsoCode: z.string().nullish(),
  LastModifiedById: z.string().nullish(),
  Account: z
    .looseObject({
      Id: z.string(),
      Name: z.string(),
      BillingCountry: z.string().nullish(),
      BillingCountryCode: z.string().nullish(),
    })
    .nullish(),
  Owner: person.nullish(),
  LastModifiedBy: person.nullish(),
  /** Null when there are no lines. */
  OpportunityLineItems: salesforceLineItemPage.nullable(),
});
export type SalesforceOpportunity = z.output<typeof salesforceOpportunity>;

/** A record is parsed by itself, so that one of an unexpected shape does not take its page along. */
export const salesforcePage = page(z.looseObject({ Id: z.string() }));

export const salesforceChangePage = page(
  z.looseObject({ Id: z.string(), SystemModstamp: salesforceStamp }),
);
