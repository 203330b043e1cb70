import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import type { WireConnector } from "@usher/api-contract";
import { z } from "zod";
import { CliFailure } from "../cli-failure.ts";
import { type ConfigField, type ConfigVariant, configVariantsOf } from "./config-fields.ts";
import type { Prompt } from "./prompt.ts";

/** Options of `add` and `rotate` that say where values come from. */
export interface ConfigSources {
  readonly config?: string;
  readonly set: readonly string[];
  /** `field=@file`, each. */
  readonly secret?: readonly string[];
  readonly secretsStdin?: boolean;
}

export interface GatheredConfig {
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly webhookSecrets: readonly string[];
}

interface Around {
  readonly environment: NodeJS.ProcessEnv;
  readonly stdin: NodeJS.ReadableStream;
  /** Null: nobody is there to be asked. */
  readonly prompt: Prompt | null;
}

/**
 * Everything a connection is configured with: a file, `--set`, secrets from standard input, from
 * files (`--secret privateKey=@key.pem`) or from the environment (`USHER_SECRET_CLIENT_SECRET` for
 * `clientSecret`, with `_FILE` behind it the path of a file), and questions for what is then still
 * missing. A secret itself is never taken from the command line, where other processes and the
 * shell's history would see it.
 */
export async function gatherConfig(input: {
  readonly connector: WireConnector;
  readonly sources: ConfigSources;
  readonly around: Around;
  /** What a connection has already: such fields need not be given again. */
  readonly existing?: Readonly<Record<string, unknown>>;
}): Promise<GatheredConfig> {
  const { connector, sources, around, existing } = input;
  const { prompt } = around;
  const given = await givenValues(input);
  const all = configVariantsOf(connector);
  const { discriminator } = all;
  const pairs = sources.set.map((pair) => readPair(pair, connector));
  for (const [name, value] of pairs) if (name === discriminator) given.values[name] = value;
  if (discriminator !== null && given.values[discriminator] === undefined) {
    const known = existing?.[discriminator];
    if (typeof known !== "string") {
      const variants = all.variants;
      given.values[discriminator] = await chooseVariant({ discriminator, variants, prompt });
    }
  }
  const chosen =
    discriminator === null ? null : (given.values[discriminator] ?? existing?.[discriminator]);
  const variant = all.variants.find((one) => one.value === chosen) ?? all.variants[0];
  for (const [name, value] of pairs) {
    if (name !== discriminator) given.values[name] = valueOfPair({ name, value, variant });
  }

  const missing = variant.fields.filter(
    ({ name, isRequired, isSecret }) =>
      given.values[name] === undefined &&
      (existing === undefined
        ? isRequired
        : // What is asked for in a rotation are the secrets it has; they are never shown, so it is all of them.
          isSecret && isRequired),
  );
  if (prompt !== null) {
    for (const field of missing) {
      const value = await askField(prompt, field, existing !== undefined);
      if (value !== undefined) given.values[field.name] = value;
    }
    const isAsked = connector.webhook_events.length > 0 && given.webhookSecrets.length === 0;
    const secret = isAsked ? await prompt.hidden("Webhook secret (empty: none new): ") : "";
    if (secret !== "") given.webhookSecrets = [secret];
  } else if (existing === undefined && missing.length > 0) {
    throw new CliFailure(
      `Still missing for ${connector.name}: ${missing.map(({ name }) => name).join(", ")}.`,
      { hint: missing.map(wayToGive).join("; ") },
    );
  }
  return split({ values: given.values, connector, webhookSecrets: given.webhookSecrets });
}

interface Given {
  values: Record<string, unknown>;
  webhookSecrets: readonly string[];
}

const fileSchema = z.record(z.string(), z.unknown());
const webhookSecretsSchema = z.array(z.string().min(1)).max(2);

async function givenValues({
  connector,
  sources,
  around,
}: {
  readonly connector: WireConnector;
  readonly sources: ConfigSources;
  readonly around: Around;
}): Promise<Given> {
  const given: Given = { values: {}, webhookSecrets: [] };
  const take = (whence: string, json: string) => {
    const { webhook_secrets: webhookSecrets, ...values } = parseObject(whence, json);
    Object.assign(given.values, values);
    if (webhookSecrets === undefined) return;
    const parsed = webhookSecretsSchema.safeParse(webhookSecrets);
    if (!parsed.success) {
      throw new CliFailure(`${whence}: webhook_secrets is expected to be one or two texts.`);
    }
    given.webhookSecrets = parsed.data;
  };
  if (sources.config !== undefined) {
    take(sources.config, await readConfigFile(sources.config));
  }
  const { environment } = around;
  for (const field of connector.secret_fields) {
    const value = environment[variableOf(field)];
    const path = environment[`${variableOf(field)}_FILE`];
    if (value !== undefined && value !== "") given.values[field] = value;
    else if (path !== undefined && path !== "") {
      given.values[field] = (await readConfigFile(path)).trim();
    }
  }
  for (const pair of sources.secret ?? []) {
    const { name, path } = readSecretPair(pair, connector);
    given.values[name] = (await readConfigFile(path)).trim();
  }
  const webhookSecret = environment["USHER_WEBHOOK_SECRET"];
  if (webhookSecret !== undefined && webhookSecret !== "") given.webhookSecrets = [webhookSecret];
  if (sources.secretsStdin) take("standard input", await text(around.stdin));
  return given;
}

async function readConfigFile(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "unreadable";
    throw new CliFailure(`The file ${path} cannot be read (${code}).`, { cause });
  }
}

function parseObject(whence: string, json: string): Record<string, unknown> {
  try {
    return fileSchema.parse(JSON.parse(json));
  } catch {
    // The parser's own words would repeat what may be a secret.
    throw new CliFailure(`${whence}: expected one JSON object of fields.`, {
      hint: 'Such as {"clientId": "…", "clientSecret": "…", "webhook_secrets": ["…"]}.',
    });
  }
}

function readPair(pair: string, connector: WireConnector): readonly [string, string] {
  const at = pair.indexOf("=");
  if (at < 1) throw new CliFailure(`--set expects field=value; got “${pair.slice(0, 40)}”.`);
  const name = pair.slice(0, at);
  if (!connector.secret_fields.includes(name)) return [name, pair.slice(at + 1)];
  throw new CliFailure(
    `${name} is a secret: on a command line, other processes and the shell's history see it.`,
    { hint: `Give it by a file (--secret ${name}=@file) or the variable ${variableOf(name)}.` },
  );
}

function readSecretPair(
  pair: string,
  connector: WireConnector,
): { readonly name: string; readonly path: string } {
  const [, name = "", path = ""] = /^([^=]+)=@(.+)$/.exec(pair) ?? [];
  if (name === "") {
    // Whatever stands there may be the secret itself: it is not repeated.
    throw new CliFailure(
      "--secret expects field=@file, the path of a file that holds the secret.",
      {
        hint: "Such as --secret privateKey=@key.pem. On a command line, other processes see what you type.",
      },
    );
  }
  if (connector.secret_fields.includes(name)) return { name, path };
  const known = connector.secret_fields.join(", ") || "none";
  throw new CliFailure(`${name} is no secret of ${connector.name}. Its secrets: ${known}.`, {
    hint: `An open field is given by --set ${name}=…`,
  });
}

/** Text where the connector expects text; JSON for numbers, lists and the like. */
function valueOfPair(input: {
  readonly name: string;
  readonly value: string;
  readonly variant: ConfigVariant;
}): unknown {
  const { name, value, variant } = input;
  const field = variant.fields.find((one) => one.name === name);
  const isText = field?.isText ?? true;
  return isText && !/^(null$|[[{])/.test(value) ? value : jsonOrText(value);
}

function jsonOrText(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    // Not JSON, so it is the text; the hub says so if it expected another kind.
    return value;
  }
}

async function chooseVariant(input: {
  readonly discriminator: string;
  readonly variants: readonly ConfigVariant[];
  readonly prompt: Prompt | null;
}): Promise<string> {
  const { discriminator, variants, prompt } = input;
  const values = variants.flatMap(({ value }) => (value === null ? [] : [value]));
  const list = values.join(", ");
  if (prompt === null) {
    throw new CliFailure(`Say which ${discriminator} is meant: ${list}.`, {
      hint: `--set ${discriminator}=${values[0] ?? ""}`,
    });
  }
  const typed = await prompt.text(`${discriminator} (${list}) [${values[0] ?? ""}]: `);
  const chosen = typed === "" ? values[0] : values.find((value) => value === typed);
  if (chosen !== undefined) return chosen;
  throw new CliFailure(`“${typed}” is none of ${list}.`);
}

async function askField(
  prompt: Prompt,
  { name, isSecret, isText, choices }: ConfigField,
  mayKeep: boolean,
): Promise<unknown> {
  const among = choices.length === 0 ? "" : ` (${choices.join(", ")})`;
  const question = `${name}${among}${mayKeep ? " (empty: as before)" : ""}: `;
  const typed = await (isSecret ? prompt.hidden(question) : prompt.text(question));
  if (typed === "") {
    if (mayKeep) return undefined;
    throw new CliFailure(`${name} is needed. Nothing was sent.`);
  }
  return isText ? typed : jsonOrText(typed);
}

function wayToGive({ name, isSecret }: ConfigField): string {
  return isSecret
    ? `${name}: ${variableOf(name)}, --secret ${name}=@file or --secrets-stdin`
    : `${name}: --set ${name}=…`;
}

function variableOf(field: string): string {
  return `USHER_SECRET_${field.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase()}`;
}

function split(input: {
  readonly values: Readonly<Record<string, unknown>>;
  readonly connector: WireConnector;
  readonly webhookSecrets: readonly string[];
}): GatheredConfig {
  const config: Record<string, unknown> = {};
  const secrets: Record<string, string> = {};
  for (const [name, value] of Object.entries(input.values)) {
    if (!input.connector.secret_fields.includes(name)) config[name] = value;
    else if (typeof value === "string") secrets[name] = value;
    else throw new CliFailure(`${name} is a secret and expected to be text.`);
  }
  return { config, secrets, webhookSecrets: input.webhookSecrets };
}
