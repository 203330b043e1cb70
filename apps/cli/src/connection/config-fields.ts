import type { WireConnector } from "@usher/api-contract";
import { z } from "zod";
import { CliFailure } from "../cli-failure.ts";

/** One field of a connector's configuration. */
export interface ConfigField {
  readonly name: string;
  readonly isSecret: boolean;
  readonly isRequired: boolean;
  /** True when text is taken as it is; otherwise a value is read as JSON. */
  readonly isText: boolean;
  /** The values it may have, where there are only some. */
  readonly choices: readonly string[];
}

/** One way to configure a connector, such as one kind of authentication. */
export interface ConfigVariant {
  /** The value of `discriminator` that names it; null where there is only one way. */
  readonly value: string | null;
  readonly fields: readonly ConfigField[];
}

export interface ConfigVariants {
  /** The field that tells one way from another; null where there is only one. */
  readonly discriminator: string | null;
  readonly variants: readonly [ConfigVariant, ...ConfigVariant[]];
}

const propertySchema = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.looseObject({ type: z.string().optional() })).optional(),
});
const objectSchema = z.looseObject({
  properties: z.record(z.string(), propertySchema),
  required: z.array(z.string()).default([]),
});
type ObjectSchema = z.output<typeof objectSchema>;

/** Reads a connector's JSON Schema: one object, or one of several told apart by a constant. */
export function configVariantsOf(
  connector: Pick<WireConnector, "id" | "config_schema" | "secret_fields">,
): ConfigVariants {
  const { oneOf, anyOf } = connector.config_schema;
  const shapes = Array.isArray(oneOf) ? oneOf : Array.isArray(anyOf) ? anyOf : null;
  const parsed = z
    .array(objectSchema)
    .min(1)
    .safeParse(shapes ?? [connector.config_schema]);
  if (!parsed.success) {
    throw new CliFailure(
      `The hub describes the configuration of ${connector.id} in a way this command does not read.`,
      { hint: "Give it whole, with --config <file>." },
    );
  }
  const discriminator =
    parsed.data.length === 1
      ? null
      : (Object.keys(parsed.data[0]?.properties ?? {}).find((name) =>
          parsed.data.every((shape) => typeof shape.properties[name]?.const === "string"),
        ) ?? null);
  const [first, ...rest] = parsed.data.map((shape) => toVariant(shape, discriminator, connector));
  if (first === undefined) throw new Error("An array of at least one was empty.");
  return { discriminator, variants: [first, ...rest] };
}

function toVariant(
  shape: ObjectSchema,
  discriminator: string | null,
  connector: Pick<WireConnector, "secret_fields">,
): ConfigVariant {
  const fields = Object.entries(shape.properties)
    .filter(([name]) => name !== discriminator)
    .map(([name, property]): ConfigField => {
      const types = [property.type, ...(property.anyOf ?? []).map((one) => one.type)].flat();
      return {
        name,
        isSecret: connector.secret_fields.includes(name),
        isRequired: shape.required.includes(name),
        isText: types.includes("string") || types.every((one) => one === undefined),
        choices: (property.enum ?? []).filter((one) => typeof one === "string"),
      };
    });
  const value = discriminator === null ? null : shape.properties[discriminator]?.const;
  return { value: typeof value === "string" ? value : null, fields };
}
