import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";

export interface WebhookPoster {
  /** The status of the answer; 3xx is not followed, as the vendors do not. Rejects on time-out or a lost connection. */
  post(input: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  }): Promise<number>;
  close(): void;
}

/** Keeps connections open between deliveries: thousands of events share a handful of sockets. */
export function createWebhookPoster({
  timeoutMs,
  socketsMax,
}: {
  readonly timeoutMs: number;
  readonly socketsMax: number;
}): WebhookPoster {
  const options = { keepAlive: true, maxSockets: socketsMax };
  const plain = new HttpAgent(options);
  const secure = new HttpsAgent(options);

  function post(input: { url: string; headers: Readonly<Record<string, string>>; body: string }) {
    return new Promise<number>((resolve, reject) => {
      const isSecure = input.url.startsWith("https:");
      const send = isSecure ? httpsRequest : httpRequest;
      const bytes = Buffer.from(input.body, "utf8");
      const request = send(
        input.url,
        {
          method: "POST",
          agent: isSecure ? secure : plain,
          timeout: timeoutMs,
          headers: {
            "content-type": "application/json; charset=utf-8",
            "content-length": bytes.length,
            ...input.headers,
          },
        },
        (response) => {
          response.resume();
          response.on("end", () => resolve(response.statusCode ?? 0));
          response.on("error", reject);
        },
      );
      request.on("timeout", () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
      request.on("error", reject);
      request.end(bytes);
    });
  }

  return {
    post,
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}
