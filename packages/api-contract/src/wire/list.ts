import { z } from "zod";

export const listQuery = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(200)
    .default(50)
    .meta({ description: "How many to answer, 1 to 200.", example: 50 }),
  cursor: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .meta({ description: "`next_cursor` of the page before." }),
};

/** Every list: `{data, has_more, next_cursor}`, newest first, stable while rows are added. */
export function listOf<Item extends z.ZodType>({
  id,
  item,
}: {
  readonly id: string;
  readonly item: Item;
}): z.ZodObject<{
  data: z.ZodArray<Item>;
  has_more: z.ZodBoolean;
  next_cursor: z.ZodNullable<z.ZodString>;
}> {
  return z
    .object({
      data: z.array(item),
      has_more: z.boolean(),
      next_cursor: z.string().nullable().meta({
        description: "Opaque; send it as `cursor` for the next page. Null on the last one.",
      }),
    })
    .meta({ id, description: "One page of a list." });
}
