import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { WireConnector } from "@usher/api-contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { configVariantsOf } from "./config-fields.ts";
import { type ConfigSources, gatherConfig } from "./gather-config.ts";
import type { Prompt } from "./prompt.ts";

const shared = {
  clientId: z.string(),
  portalId: z.int().nullable().default(null),
  region: z.enum(["eu", "us"]),
};
const schema = z.discriminatedUnion("authKind", [
  z.strictObject({
    authKind: z.literal("client_credentials"),
    clientSecret: z.string(),
    ...shared,
  }),
  z.strictObject({ authKind: z.literal("jwt_bearer"), privateKey: z.string(), ...shared }),
]);
const connector: WireConnector = {
  id: "acme",
  name: "Acme",
  version: "1.0.0",
  kinds: ["crm"],
  auth_kinds: [],
  scopes: [],
  secret_fields: ["clientSecret", "privateKey"],
  webhook_events: ["deal.won"],
  config_schema: z.toJSONSchema(schema, { io: "input" }),
  problem: null,
};

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "usher-gather-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Answers in turn; remembers what was asked, and how. */
function aPerson(...answers: readonly string[]): Prompt & { readonly asked: string[] } {
  const left = [...answers];
  const asked: string[] = [];
  const answer = (how: string) => async (question: string) => {
    asked.push(`${how} ${question}`);
    return left.shift() ?? "";
  };
  return { asked, text: answer("text"), hidden: answer("hidden") };
}

function gather(input: {
  readonly sources?: Partial<ConfigSources>;
  readonly environment?: NodeJS.ProcessEnv;
  readonly stdin?: string;
  readonly prompt?: Prompt | null;
  readonly existing?: Readonly<Record<string, unknown>>;
}) {
  return gatherConfig({
    connector,
    sources: { set: [], ...input.sources },
    around: {
      environment: input.environment ?? {},
      stdin: Readable.from([input.stdin ?? ""]),
      prompt: input.prompt ?? null,
    },
    ...(input.existing === undefined ? {} : { existing: input.existing }),
  });
}

const open = ["authKind=client_credentials", "clientId=c", "region=eu"];

describe("what a connection is configured with", () => {
  it("is asked for, field by field of the way that was chosen, and secrets are not shown", async () => {
    const person = aPerson("jwt_bearer", "PEM", "app-1", "us", "hook");
    expect(await gather({ prompt: person })).toEqual({
      config: { authKind: "jwt_bearer", clientId: "app-1", region: "us" },
      secrets: { privateKey: "PEM" },
      webhookSecrets: ["hook"],
    });
    expect(person.asked).toEqual([
      "text authKind (client_credentials, jwt_bearer) [client_credentials]: ",
      "hidden privateKey: ",
      "text clientId: ",
      "text region (eu, us): ",
      "hidden Webhook secret (empty: none new): ",
    ]);
  });

  it("comes from a file, --set, the environment and standard input, and is taken apart", async () => {
    const file = join(folder, "config.json");
    await writeFile(file, JSON.stringify({ authKind: "client_credentials", clientId: "of-file" }));
    const given = await gather({
      sources: {
        config: file,
        set: ["clientId=12345", "portalId=77", "region=eu"],
        secretsStdin: true,
      },
      environment: { USHER_SECRET_CLIENT_SECRET: "of-environment" },
      stdin: '{"webhook_secrets": ["w"]}',
    });
    expect(given).toEqual({
      // Text stays text, a number is one: by the connector's schema, not by its looks.
      config: { authKind: "client_credentials", clientId: "12345", portalId: 77, region: "eu" },
      secrets: { clientSecret: "of-environment" },
      webhookSecrets: ["w"],
    });
  });

  it("may be a secret of many lines, in a file that a variable names", async () => {
    const file = join(folder, "key.pem");
    await writeFile(file, "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\n");
    const { secrets } = await gather({
      sources: { set: ["authKind=jwt_bearer", "clientId=c", "region=eu"] },
      environment: { USHER_SECRET_PRIVATE_KEY_FILE: file },
    });
    expect(secrets["privateKey"]).toMatch(/^-----BEGIN.*\nabc\n.*KEY-----$/);
  });

  it("takes a secret from a file that is named, whole, and no secret from the command line", async () => {
    const file = join(folder, "named.pem");
    await writeFile(file, "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\n");
    const set = ["authKind=jwt_bearer", "clientId=c", "region=eu"];
    const { secrets } = await gather({ sources: { set, secret: [`privateKey=@${file}`] } });
    expect(secrets).toEqual({
      privateKey: "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----",
    });
    const typed = gather({ sources: { set, secret: ["privateKey=hunter2"] } });
    await expect(typed).rejects.toThrow("field=@file");
    await expect(typed).rejects.not.toThrow("hunter2");
    await expect(gather({ sources: { set, secret: [`clientId=@${file}`] } })).rejects.toThrow(
      "no secret of Acme",
    );
    await expect(gather({ sources: { set, secret: ["privateKey=@nowhere"] } })).rejects.toThrow(
      "nowhere cannot be read",
    );
  });

  it("is missing with every field and the way to give it, when nobody is there to be asked", async () => {
    const missing = gather({ sources: { set: ["authKind=client_credentials", "region=eu"] } });
    await expect(missing).rejects.toMatchObject({
      message: "Still missing for Acme: clientSecret, clientId.",
      hint: "clientSecret: USHER_SECRET_CLIENT_SECRET, --secret clientSecret=@file or --secrets-stdin; clientId: --set clientId=…",
    });
    await expect(gather({})).rejects.toThrow(/which authKind.*client_credentials, jwt_bearer/);
  });

  it("is refused when a secret stands on the command line, and the refusal does not repeat it", async () => {
    const shown = gather({ sources: { set: [...open, "clientSecret=s3cret"] } });
    await expect(shown).rejects.toThrow(/clientSecret is a secret/);
    await expect(shown).rejects.not.toThrow(/s3cret/);
    const broken = gather({ sources: { set: open, secretsStdin: true }, stdin: '{"a": s3cret' });
    await expect(broken).rejects.toThrow(/expected one JSON object/);
    await expect(broken).rejects.not.toThrow(/s3cret/);
  });

  it("of a rotation asks for its secrets alone, and leaves out what is to stay", async () => {
    const person = aPerson("new-secret", "");
    const existing = { authKind: "client_credentials", clientId: "c", region: "eu" };
    expect(await gather({ prompt: person, existing })).toEqual({
      config: {},
      secrets: { clientSecret: "new-secret" },
      webhookSecrets: [],
    });
    expect(person.asked).toEqual([
      "hidden clientSecret (empty: as before): ",
      "hidden Webhook secret (empty: none new): ",
    ]);
    expect((await gather({ prompt: aPerson(), existing })).secrets).toEqual({});
  });
});

it("a schema that is neither one object nor one of several is said to be beyond this command", () => {
  expect(() => configVariantsOf({ ...connector, config_schema: { type: "string" } })).toThrow(
    /does not read/,
  );
});
