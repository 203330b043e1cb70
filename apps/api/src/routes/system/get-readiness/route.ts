import type { WireReadiness } from "@usher/api-contract";
import { plainRoute } from "../../../http/route-handler.ts";

type Check = WireReadiness["checks"][number];

/** One part that the hub needs: `look` rejects, with a sentence for an operator, when it is not well. */
export interface ReadinessProbe {
  readonly name: Check["name"];
  /** False: the hub goes on without it, and what it would have done waits. */
  readonly required: boolean;
  look(): Promise<string>;
}

const lookMsMax = 2_000;

/** Looks at every part at once and says what was found; 503 when a required one is not well. */
export function getReadinessRoute({ probes }: { readonly probes: readonly ReadinessProbe[] }) {
  return plainRoute("getReadiness", async () => {
    const checks = await Promise.all(probes.map(look));
    const isReady = checks.every((check) => check.ok || !check.required);
    return {
      body: { status: isReady ? "ready" : "not_ready", checks },
      status: isReady ? 200 : 503,
      headers: { "Cache-Control": "no-store" },
    };
  });
}

async function look({ name, required, look: ask }: ReadinessProbe): Promise<Check> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${lookMsMax / 1_000} s`)),
      lookMsMax,
    );
  });
  try {
    return { name, ok: true, required, detail: await Promise.race([ask(), tooLong]) };
  } catch (error) {
    return {
      name,
      ok: false,
      required,
      detail: error instanceof Error ? error.message : String(error),
    };
  } finally {
    clearTimeout(timer);
  }
}
