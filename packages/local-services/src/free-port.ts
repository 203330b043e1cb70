import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** The address everything in this package listens on: never reachable from another machine. */
export const loopback = "127.0.0.1";

/**
 * Ports given out by this process to whoever asked for one by number. Between the answer and the
 * moment its owner listens a port looks free to the next who asks, who must not get it as well.
 */
const promised = new Map<number, string>();

/**
 * The wanted port if it is free, else the next free one above it; without a wish, any free port.
 * Two names never get the same one. The port is free at the moment of asking: a caller that loses the race sees its start fail.
 */
export async function findFreePort({
  wanted,
  name,
  say,
}: {
  readonly wanted?: number | undefined;
  /** What the port is for, in the sentence that says that another one was taken. */
  readonly name: string;
  readonly say: (sentence: string) => void;
}): Promise<number> {
  if (wanted === undefined) return await findAnyFreePort(name);
  const last = Math.min(wanted + 100, 65_535);
  for (let port = wanted; port <= last; port += 1) {
    if ((promised.get(port) ?? name) !== name) continue;
    if (!(await claim(port, name))) continue;
    if (port !== wanted) say(`Port ${wanted} is busy; ${name} uses ${port} instead.`);
    return port;
  }
  throw new Error(
    `No port is free for ${name}: all of ${wanted} to ${last} are busy. Stop what listens there or ask for another port.`,
  );
}

/**
 * The system's own choice would be one of those it also lends to whoever calls out (32768 and up,
 * `ip_local_port_range`), who may get it before its owner listens.
 */
async function findAnyFreePort(name: string): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(lowestOfAny, lowestLentPort);
    if (promised.has(port)) continue;
    if (await claim(port, name)) return port;
  }
  throw new Error(
    `No port is free for ${name}: a hundred between ${lowestOfAny} and ${lowestLentPort} were busy. Stop what listens there or ask for another port.`,
  );
}

const lowestOfAny = 10_000;
const lowestLentPort = 32_768;

/** Promises the port to `name` before asking, so that nobody else gets it meanwhile; false: it is busy. */
async function claim(port: number, name: string): Promise<boolean> {
  promised.set(port, name);
  if (await isFree(port)) return true;
  promised.delete(port);
  return false;
}

async function isFree(port: number): Promise<boolean> {
  try {
    await listenOnce(port);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "EADDRINUSE" || code === "EACCES") return false;
    throw error;
  }
}

function listenOnce(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port, host: loopback, exclusive: true }, () => {
      server.close(() => resolve());
    });
  });
}
