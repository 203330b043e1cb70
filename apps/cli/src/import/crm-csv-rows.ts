import { z } from "zod";

/** `3/1/2017` as the files write it: month, day, year. */
const usDate = z
  .string()
  .regex(/^\d{1,2}\/\d{1,2}\/\d{4}$/, "expected a date like 3/1/2017")
  .transform((text) => {
    const [month, day, year] = text.split("/");
    return `${year}-${month?.padStart(2, "0")}-${day?.padStart(2, "0")}`;
  });

const decimal = z.string().regex(/^\d+(\.\d+)?$/, "expected a number like 4514 or 4514.50");
const optional = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === "" ? null : value), schema.nullable());

/** accounts.csv: the columns used; the rest is tolerated. */
export const accountRowSchema = z.object({
  account: z.string().min(1),
  office_location: z.string(),
});

/** products.csv */
export const productRowSchema = z.object({
  product: z.string().min(1),
  series: z.string(),
  sales_price: decimal,
});

/** sales_pipeline.csv */
export const opportunityRowSchema = z.object({
  opportunity_id: z.string().min(1),
  sales_agent: z.string().min(1),
  product: z.string().min(1),
  account: optional(z.string()),
  deal_stage: z.enum(["Won", "Lost", "Engaging", "Prospecting"]),
  engage_date: optional(usDate),
  close_date: optional(usDate),
  close_value: optional(decimal),
});

export type AccountRow = z.infer<typeof accountRowSchema>;
export type ProductRow = z.infer<typeof productRowSchema>;
export type OpportunityRow = z.infer<typeof opportunityRowSchema>;
