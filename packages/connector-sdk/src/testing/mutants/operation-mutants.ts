import type { ConnectedSystem } from "../../spec/index.ts";
import type { Mutant } from "./mutant.ts";
import { failingOtherwise, tamperPort } from "./tamper.ts";

export const operationMutants: readonly Mutant[] = [
  {
    check: 47,
    fault: "the vendor's request id is thrown away",
    system: tamperPort("crm", (crm) => ({
      readDeals: (input, context) =>
        failingOtherwise(crm.readDeals(input, context), (detail) => ({
          ...detail,
          vendorRequestId: null,
        })),
    })),
  },
  {
    check: 48,
    fault: "every connection to a server is the first one's",
    connect(connect) {
      const first = new Map<string, ConnectedSystem>();
      let clock = Date.now;
      return (input) => {
        clock = input.now;
        // A rotating refresh token belongs to one connection, and a page size to one reader.
        const isOwn = input.tokens !== undefined || input.pageSize !== undefined;
        const system =
          (isOwn ? null : first.get(input.url)) ?? connect({ ...input, now: () => clock() });
        if (!isOwn) first.set(input.url, system);
        return system;
      };
    },
  },
  {
    check: 49,
    fault: "a checkpoint holds what its own schema does not know",
    system: tamperPort("crm", (crm) => ({
      async readChanges({ checkpoint }, context) {
        const { seenBy: _, ...own } = checkpoint ?? {};
        const page = await crm.readChanges({ checkpoint: checkpoint && own }, context);
        return { ...page, checkpoint: { ...page.checkpoint, seenBy: "process 1" } };
      },
    })),
  },
  {
    check: 50,
    fault: "each call takes its time",
    slowMs: 1_000,
  },
];
