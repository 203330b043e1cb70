import { z } from "zod";

/**
 * `schema`, or null. For schemas that have a name (`meta({ id })`) or a type of their own making:
 * of those, zod-to-openapi 9 forgets `.nullable()` or puts it into the named schema itself, and the
 * document then denies what is answered.
 */
export function orNull<Schema extends z.ZodType>(schema: Schema): z.ZodUnion<[Schema, z.ZodNull]> {
  return z.union([schema, z.null()]);
}
