import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Registry } from "prom-client";

/** One thing the worker needs; resolves while it is there. */
export interface ReadinessProbe {
  readonly name: string;
  readonly check: () => Promise<void>;
  /** False: the worker goes on without it, and says so. */
  readonly isRequired?: boolean;
}

export interface HealthServer {
  readonly url: string;
  close(): Promise<void>;
}

const probeTimeoutMs = 2_000;

/**
 * `/healthz` (the process turns), `/readyz` (and has what it needs, with the reason where not) and
 * `/metrics`, on loopback only: nothing here asks who is calling.
 */
export async function startHealthServer(input: {
  readonly port: number;
  readonly registry: Registry;
  readonly probes: readonly ReadinessProbe[];
}): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const answer = (status: number, type: string, body: string) =>
      response.writeHead(status, { "content-type": type }).end(body);
    switch (request.url) {
      case "/healthz":
        return void answer(200, "application/json", '{"status":"ok"}');
      case "/readyz":
        return void examine(input.probes).then((state) =>
          answer(state.isReady ? 200 : 503, "application/json", JSON.stringify(state.shown)),
        );
      case "/metrics":
        return void input.registry
          .metrics()
          .then((text) => answer(200, input.registry.contentType, text));
      default:
        return void answer(404, "application/json", '{"status":"not found"}');
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new Error(
              `Port ${input.port} for health and metrics is busy. Set USHER_WORKER_HTTP_PORT to another, or to 0 for any free one.`,
              { cause: error },
            )
          : error,
      ),
    );
    server.listen(input.port, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

async function examine(probes: readonly ReadinessProbe[]) {
  const results = await Promise.all(
    probes.map(async ({ name, check, isRequired = true }) => {
      const reason = await reasonAgainst(check);
      return { name, reason, isRequired };
    }),
  );
  const isReady = results.every(({ reason, isRequired }) => reason === null || !isRequired);
  const parts = results.map(({ name, reason }) => [name, reason ?? "ok"]);
  return {
    isReady,
    shown: { status: isReady ? "ready" : "not ready", ...Object.fromEntries(parts) },
  };
}

async function reasonAgainst(check: () => Promise<void>): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${probeTimeoutMs} ms`), probeTimeoutMs);
  });
  const reason = check().then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  try {
    return await Promise.race([reason, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
