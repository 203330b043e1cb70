import { randomUUID } from "node:crypto";
import {
  type Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type sendUnaryData,
} from "@grpc/grpc-js";
import type { AccessTokens } from "../access-token.ts";
import type { Org } from "../org.ts";
import { normalizeSalesforceId } from "../salesforce-id.ts";
import type { SchemaObject } from "../schema/schema.ts";
import { changeEventSchema } from "./change-event-schema.ts";
import { type PubSubRefusalCode, pubSubRefusal } from "./pubsub-refusal.ts";
import { type FetchRequest, type FetchResponse, pubSubService } from "./pubsub-wire.ts";
import { type Subscription, serveSubscription } from "./subscription.ts";

export interface RunningPubSub {
  /** `http://127.0.0.1:<port>`: gRPC without TLS; `https:` with a certificate. */
  readonly url: string;
  /** Living `Subscribe` streams. */
  subscriptions(): number;
  /** Streams that were ever opened. */
  opened(): number;
  /** Ends every living stream with this error; with `refuseNext` as many new ones too. */
  cut(code: PubSubRefusalCode, options?: { readonly refuseNext?: number }): void;
  stop(): void;
}

/** How long the vendor is silent at most. */
const KEEP_ALIVE_MS = 270_000;

/** The org's Pub/Sub API: `GetTopic`, `GetSchema` and `Subscribe` over gRPC. Publishing is left out. */
export async function startPubSubServer(deps: {
  readonly org: Org;
  readonly tokens: AccessTokens;
  readonly host: string;
  readonly port: number;
  readonly keepAliveMs?: number | undefined;
  /** PEM. Without it the server speaks in plain text. */
  readonly tls?: { readonly key: string; readonly cert: string } | undefined;
}): Promise<RunningPubSub> {
  const { org, tokens, host, port, tls, keepAliveMs = KEEP_ALIVE_MS } = deps;
  const living = new Set<Subscription>();
  let opened = 0;
  let refusing: { readonly code: PubSubRefusalCode; times: number } | null = null;

  /** `/data/OpportunityChangeEvent`; there is one for every object, events or not. */
  function topicObject(topic: string): SchemaObject | undefined {
    const name = /^\/data\/(\w+)ChangeEvent$/.exec(topic)?.[1];
    return name === undefined ? undefined : org.schema().object(name);
  }

  function refusalOf(metadata: Metadata): PubSubRefusalCode | null {
    const [token, instance, tenant] = ["accesstoken", "instanceurl", "tenantid"].map((name) =>
      String(metadata.get(name)[0] ?? ""),
    );
    if (!token || !instance || !tenant) return "service.auth.headers.invalid";
    const isOurs = normalizeSalesforceId(tenant) === org.settings().organizationId;
    return isOurs && tokens.userOf(token) !== undefined ? null : "service.auth.error";
  }

  function unary(
    answer: (request: Readonly<Record<string, unknown>>) => object | PubSubRefusalCode,
  ) {
    return (call: ServerUnaryCall<object, object>, callback: sendUnaryData<object>) => {
      const rpcId = randomUUID();
      const refused = refusalOf(call.metadata);
      const given = refused ?? answer(call.request as Record<string, unknown>);
      if (typeof given === "string") callback(pubSubRefusal(given, rpcId));
      else callback(null, { ...given, rpc_id: rpcId });
    };
  }

  function subscribe(stream: ServerDuplexStream<FetchRequest, FetchResponse>) {
    opened += 1;
    const subscription = serveSubscription({
      org,
      stream,
      topicObject,
      keepAliveMs,
      onEnd: () => living.delete(subscription),
    });
    living.add(subscription);
    const refused = refusalOf(stream.metadata);
    if (refused !== null) subscription.cut(refused);
    else if (refusing !== null && refusing.times > 0) {
      refusing.times -= 1;
      subscription.cut(refusing.code);
    }
  }

  const server = new Server();
  server.addService(pubSubService, {
    Subscribe: subscribe,
    GetTopic: unary((request) => {
      const object = topicObject(String(request["topic_name"]));
      if (object === undefined) return "topic.not.found";
      return {
        topic_name: request["topic_name"],
        tenant_guid: org.settings().organizationId,
        can_publish: false,
        can_subscribe: true,
        schema_id: changeEventSchema(object).id,
      };
    }),
    GetSchema: unary((request) => {
      const schema = org
        .schema()
        .objects.map(changeEventSchema)
        .find(({ id }) => id === request["schema_id"]);
      return schema === undefined
        ? "schema.validation.failed"
        : { schema_json: schema.json, schema_id: schema.id };
    }),
  });
  const credentials =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(null, [
          { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.cert) },
        ]);
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${host}:${port}`, credentials, (error, at) => {
      if (error === null) resolve(at);
      else reject(error);
    });
  });
  return {
    url: `${tls === undefined ? "http" : "https"}://${host}:${bound}`,
    subscriptions: () => living.size,
    opened: () => opened,
    cut(code, options) {
      refusing = { code, times: options?.refuseNext ?? 0 };
      for (const one of living) one.cut(code);
    },
    stop() {
      server.forceShutdown();
    },
  };
}
