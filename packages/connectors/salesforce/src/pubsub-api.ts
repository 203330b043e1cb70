import { fileURLToPath } from "node:url";
import {
  type ChannelCredentials,
  Client,
  type ClientDuplexStream,
  credentials,
  Metadata,
  type MethodDefinition,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import type { CallContext } from "@usher/connector-sdk/spec";
import { fromPubSubStatus } from "./pubsub-failure.ts";
import type { SalesforceSession } from "./salesforce-session.ts";

export interface FetchRequest {
  /** Needed in the first request of a stream only; so are the next two. */
  readonly topic_name?: string;
  readonly replay_preset?: "LATEST" | "CUSTOM";
  readonly replay_id?: Uint8Array;
  /** At most 100. */
  readonly num_requested: number;
}

export interface FetchResponse {
  readonly events: readonly {
    readonly event: { readonly schema_id: string; readonly payload: Buffer } | null;
    readonly replay_id: Buffer;
  }[];
  readonly latest_replay_id: Buffer;
}

/** The three calls of the Pub/Sub API that reading changes takes. */
export interface PubSubApi {
  subscribe(session: SalesforceSession): ClientDuplexStream<FetchRequest, FetchResponse>;
  topic(
    name: string,
    session: SalesforceSession,
    context: CallContext,
  ): Promise<{ readonly can_subscribe: boolean }>;
  /** The Avro schema as JSON text. */
  schema(id: string, session: SalesforceSession, context: CallContext): Promise<string>;
  close(): void;
}

interface PubSubMethods {
  readonly Subscribe: MethodDefinition<FetchRequest, FetchResponse>;
  readonly GetTopic: MethodDefinition<
    { readonly topic_name: string },
    { readonly can_subscribe: boolean }
  >;
  readonly GetSchema: MethodDefinition<
    { readonly schema_id: string },
    { readonly schema_json: string }
  >;
}

const unaryTimeoutMs = 20_000;

/**
 * gRPC to the Pub/Sub API. TLS except towards this machine, where a simulator may be. The channel is
 * opened with the first call. Its own repeats are off.
 * @see https://developer.salesforce.com/docs/platform/pub-sub-api/overview
 */
export function createPubSubApi(input: {
  readonly url: string;
  readonly now: () => number;
}): PubSubApi {
  const { url, now } = input;
  let opened: Client | null = null;
  let loaded: PubSubMethods | null = null;

  function client(): Client {
    opened ??= new Client(authorityOf(url), credentialsFor(url), {
      "grpc.enable_retries": 0,
      "grpc.service_config_disable_resolution": 1,
      // A connection that died without a word is noticed within a minute and a half.
      "grpc.keepalive_time_ms": 60_000,
      "grpc.keepalive_timeout_ms": 30_000,
    });
    return opened;
  }

  function methods(): PubSubMethods {
    loaded ??= loadMethods();
    return loaded;
  }

  function unary<Request, Response>(call: {
    readonly method: MethodDefinition<Request, Response>;
    readonly request: Request;
    readonly session: SalesforceSession;
    readonly context: CallContext;
  }): Promise<Response> {
    const { method, request, session, context } = call;
    return new Promise((resolve, reject) => {
      const deadline = Math.min(context.deadline, now() + unaryTimeoutMs);
      const running = client().makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        metadataOf(session),
        // The system's clock, which gRPC goes by, may not be ours.
        { deadline: Date.now() + Math.max(0, deadline - now()) },
        (error, response) => {
          context.signal.removeEventListener("abort", stop);
          if (error === null && response !== undefined) resolve(response);
          else reject(fromPubSubStatus({ error, what: method.path }));
        },
      );
      const stop = () => {
        running.cancel();
      };
      context.signal.addEventListener("abort", stop, { once: true });
      if (context.signal.aborted) stop();
    });
  }

  return {
    subscribe(session) {
      const { path, requestSerialize, responseDeserialize } = methods().Subscribe;
      const metadata = metadataOf(session);
      return client().makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata);
    },
    topic: (name, session, context) =>
      unary({ method: methods().GetTopic, request: { topic_name: name }, session, context }),
    async schema(id, session, context) {
      const request = { schema_id: id };
      const answer = await unary({ method: methods().GetSchema, request, session, context });
      return answer.schema_json;
    },
    close() {
      opened?.close();
      opened = null;
    },
  };
}

function metadataOf({ accessToken, instanceUrl, organizationId }: SalesforceSession): Metadata {
  const metadata = new Metadata();
  metadata.set("accesstoken", accessToken);
  metadata.set("instanceurl", instanceUrl);
  metadata.set("tenantid", organizationId ?? "");
  return metadata;
}

/** Plain text is for loopback only: the configuration takes `http` nowhere else. */
function credentialsFor(url: string): ChannelCredentials {
  return url.startsWith("http:") ? credentials.createInsecure() : credentials.createSsl();
}

function authorityOf(url: string): string {
  const { host, port } = new URL(url);
  return port === "" ? `${host}:${url.startsWith("http:") ? 80 : 443}` : host;
}

function loadMethods(): PubSubMethods {
  const file = fileURLToPath(new URL("pubsub_api.proto", import.meta.url));
  const types = loadSync(file, { keepCase: true, enums: String, longs: String, defaults: true });
  const service = types["eventbus.v1.PubSub"];
  if (service === undefined || "format" in service) {
    throw new Error(`${file} does not define the service eventbus.v1.PubSub.`);
  }
  // The published definition and the interfaces above say the same; gRPC holds the bytes to it.
  return service as unknown as PubSubMethods;
}
