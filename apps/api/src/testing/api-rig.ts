import { randomBytes } from "node:crypto";
import type { ConnectorDefinition } from "@usher/connector-sdk/spec";
import {
  addApiKey,
  changeSigningKeys,
  createDatabase,
  type Database,
  ensureTenant,
  publishCatalog,
  saveUser,
  type TenantTransaction,
  type User,
} from "@usher/database";
import type { Instant, TenantId, TimeZone } from "@usher/entitlement-core/kernel";
import type { FulfillmentClient } from "@usher/temporal-client";
import { createTestDatabase } from "@usher/test-kit";
import { generateSigningKey, hubKeyEncryptionKey, sealSigningKey } from "@usher/token-signer";
import type { ApiDependencies } from "../api-dependencies.ts";
import { type Api, createApi } from "../create-api.ts";
import { createLogger } from "../observability/create-logger.ts";
import { createAnswerValidator } from "./answer-validator.ts";
import { aCatalog } from "./sample-catalog.ts";
import { signedConnector } from "./signed-connector.ts";

/** A tenant with its people and a key that may do everything. */
export interface RigTenant {
  readonly id: TenantId;
  /** May do everything, in the name of nobody. */
  readonly key: string;
  /** `seller@…`, who sends orders; `dana@…` and `fred@…`, of the group `finance`. */
  readonly people: { readonly seller: Person; readonly dana: Person; readonly fred: Person };
}

export interface Person {
  readonly user: User;
  /** A key that acts in this person's name. */
  readonly key: string;
}

/** A request with a key; a body is sent as JSON. */
export interface Call {
  readonly key?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape.
  readonly json: any;
}

/**
 * The whole API over a database of its own; Temporal is what the test says. Every answer is held
 * against the published document before the test sees it.
 */
export interface ApiRig {
  readonly api: Api;
  readonly database: Database;
  readonly tenant: RigTenant;
  /** Another business on the same hub. */
  readonly foreign: RigTenant;
  readonly kek: Uint8Array;
  readonly logged: string[];
  get(path: string, call?: Call): Promise<Answer>;
  post(path: string, call?: Call): Promise<Answer>;
  send(method: string, path: string, call?: Call): Promise<Answer>;
  inTenant<Result>(work: (tx: TenantTransaction) => Promise<Result>): Promise<Result>;
  addTenant(slug: string): Promise<RigTenant>;
  stop(): Promise<void>;
}

export interface RigOptions {
  readonly fulfillment?: FulfillmentClient | null;
  readonly limits?: ApiDependencies["limits"];
  readonly clock?: () => number;
  readonly connectors?: ReadonlyMap<string, ConnectorDefinition>;
  readonly brokenConnectors?: ApiDependencies["brokenConnectors"];
}

export async function startApiRig(options: RigOptions = {}): Promise<ApiRig> {
  const testDatabase = await createTestDatabase();
  const owner = createDatabase({ url: testDatabase.databaseUrl, poolSize: 2 });
  const database = createDatabase({
    url: testDatabase.appUrl,
    poolSize: 8,
  });
  const kek = randomBytes(32);
  const validateAnswer = createAnswerValidator();
  const logged: string[] = [];
  const clock = options.clock ?? Date.now;
  const api = createApi({
    database,
    temporal: {
      client: () => options.fulfillment ?? null,
      check: async () => {
        if (options.fulfillment == null) throw new Error("no Temporal in this test");
      },
      urlOf: (workflowId) => `http://temporal.test/${encodeURIComponent(workflowId)}`,
    },
    connectors: options.connectors ?? new Map([["signed", signedConnector]]),
    ...(options.brokenConnectors === undefined
      ? {}
      : { brokenConnectors: options.brokenConnectors }),
    keks: [hubKeyEncryptionKey(kek)],
    publicUrl: "http://hub.test",
    tokenAudience: "usher",
    log: createLogger({
      level: "debug",
      service: "api-test",
      destination: { write: (line) => logged.push(line) },
    }),
    clock,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  const addTenant = (slug: string) => seedTenant({ owner, database, slug, kek });
  const tenant = await addTenant("ours");
  const foreign = await addTenant("theirs");
  await api.start();

  const send = async (
    method: string,
    path: string,
    { key = tenant.key, body, headers }: Call = {},
  ): Promise<Answer> => {
    const all = new Headers({
      ...(key === "" ? {} : { Authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    });
    const isRaw = typeof body === "string" || body instanceof Uint8Array;
    const response = await api.app.request(`http://hub.test${path}`, {
      method,
      headers: all,
      ...(body === undefined ? {} : { body: isRaw ? (body as string) : JSON.stringify(body) }),
    });
    const text = await response.text();
    const contentType = response.headers.get("content-type") ?? "";
    const isJson = /\bjson\b/.test(contentType);
    const { pathname } = new URL(path, "http://hub.test");
    if (isJson) {
      validateAnswer({ method, path: pathname, status: response.status, contentType, text });
    }
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson && text !== "" ? JSON.parse(text) : undefined,
    };
  };
  return {
    api,
    database,
    tenant,
    foreign,
    kek,
    logged,
    addTenant,
    send,
    get: (path, call) => send("GET", path, call),
    post: (path, call) => send("POST", path, { ...call, body: call?.body ?? {} }),
    inTenant: (work) => database.withTenant({ tenantId: tenant.id }, work),
    stop: async () => {
      await api.close();
      await database.close();
      await owner.close();
      await testDatabase.drop();
    },
  };
}

async function seedTenant({
  owner,
  database,
  slug,
  kek,
}: {
  readonly owner: Database;
  readonly database: Database;
  readonly slug: string;
  readonly kek: Uint8Array;
}): Promise<RigTenant> {
  const tenantId = await ensureTenant(owner, {
    slug,
    name: slug,
    timeZone: "Europe/Berlin" as TimeZone,
  });
  return database.withTenant({ tenantId }, async (tx) => {
    await publishCatalog(tx, { catalog: aCatalog(), publishedBy: "test" });
    await changeSigningKeys(tx, () => ({
      changes: [],
      add: {
        key: sealSigningKey({ key: generateSigningKey(), kek: hubKeyEncryptionKey(kek) }),
        status: "current",
      },
    }));
    const person = async (name: string, groups: readonly string[]): Promise<Person> => {
      const user = await saveUser(tx, { email: `${name}@${slug}.test`, name, groups });
      return { user, key: await keyOf(tx, { name, userId: user.id }) };
    };
    return {
      id: tenantId,
      key: await keyOf(tx, { name: "everything", userId: null }),
      people: {
        seller: await person("seller", []),
        dana: await person("dana", ["finance"]),
        fred: await person("fred", ["finance"]),
      },
    };
  });
}

/** A key with these scopes; without any, one that may do everything. */
export async function keyOf(
  tx: TenantTransaction,
  input: {
    readonly name: string;
    readonly userId?: User["id"] | null;
    readonly scopes?: readonly string[];
    readonly expiresAt?: Instant;
  },
): Promise<string> {
  const { secret } = await addApiKey(tx, {
    environment: "test",
    name: input.name,
    scopes: input.scopes ?? ["*"],
    userId: input.userId ?? null,
    expiresAt: input.expiresAt ?? null,
  });
  return secret;
}
