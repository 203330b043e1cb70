/** A call to a Tryton server as an administrator makes it: for set-up and for looking at it with own eyes. */
export interface TrytonRpc {
  /** `model.sale.sale.read` and the like; the context is added. Throws what Tryton answers instead of a result. */
  call<Result = unknown>(method: string, ...parameters: readonly unknown[]): Promise<Result>;
  /** The same session in another context. */
  inContext(context: Readonly<Record<string, unknown>>): TrytonRpc;
}

export const trytonDatabase = "erp";

/**
 * Logs in over JSON-RPC and calls in the context given. Not the connector's client: what a test
 * finds with it does not depend on what it tests.
 */
export async function openTrytonRpc(input: {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly context: Readonly<Record<string, unknown>>;
}): Promise<TrytonRpc> {
  const { url, user, context } = input;
  const login = await post<readonly [number, string]>({
    url,
    method: "common.db.login",
    parameters: [user, { password: input.password }],
  });
  const session = Buffer.from(`${user}:${login[0]}:${login[1]}`).toString("base64");
  const inContext = (current: Readonly<Record<string, unknown>>): TrytonRpc => ({
    call: (method, ...parameters) =>
      post({ url, method, parameters: [...parameters, current], session }),
    inContext,
  });
  return inContext(context);
}

async function post<Result>(input: {
  readonly url: string;
  readonly method: string;
  readonly parameters: readonly unknown[];
  readonly session?: string;
}): Promise<Result> {
  const { url, method, parameters, session } = input;
  const answer = await fetch(`${url}/${trytonDatabase}/rpc/`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(session === undefined ? {} : { authorization: `Session ${session}` }),
    },
    body: JSON.stringify({ id: 1, method, params: parameters }),
    signal: AbortSignal.timeout(120_000),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${method}: Tryton answered ${answer.status}.`);
  const { result, error } = JSON.parse(text) as { result?: Result; error?: unknown };
  // What follows the sentence can be a description of half the database.
  if (error !== undefined) {
    throw new Error(`${method}: Tryton answered ${JSON.stringify(error).slice(0, 500)}.`);
  }
  return result as Result;
}
