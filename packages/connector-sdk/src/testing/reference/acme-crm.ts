import { guarded } from "../../http/index.ts";
import { createRecentChanges } from "../../reading/index.ts";
import { ConnectorError, type CrmConnector } from "../../spec/index.ts";
import type { AcmeClient } from "./acme-client.ts";
import type { AcmeConfig } from "./acme-config.ts";
import { readAcmeChanges } from "./read-acme-changes.ts";
import { readAcmeDeals } from "./read-acme-deals.ts";
import { writeAcmeStatuses } from "./write-acme-statuses.ts";

export function createAcmeCrm(input: {
  readonly config: AcmeConfig;
  readonly client: AcmeClient;
  readonly now: () => number;
}): CrmConnector {
  const { client } = input;
  const recent = createRecentChanges();
  return {
    check: (context) =>
      guarded({ what: "Checking the connection", isWrite: false }, async () => {
        await readAcmeDeals({ dealIds: ["0"], client, context });
      }),
    readChanges: ({ checkpoint }, context) =>
      guarded({ what: "Reading changed deals", isWrite: false }, () =>
        readAcmeChanges({ ...input, checkpoint, recent, context }),
      ),
    readDeals: ({ dealIds }, context) =>
      guarded({ what: "Reading deals", isWrite: false }, () =>
        readAcmeDeals({ dealIds, client, context }),
      ),
    writeStatuses: ({ writes }, context) =>
      guarded({ what: "Writing statuses", isWrite: true }, () =>
        writeAcmeStatuses({ writes, client, context }),
      ),
    writeStatus: (write, context) =>
      guarded({ what: "Writing a status", isWrite: true }, async () => {
        const [answer] = await writeAcmeStatuses({ writes: [write], client, context });
        if (typeof answer === "string") return answer;
        throw answer === undefined ? new Error("no answer") : new ConnectorError(answer.error);
      }),
  };
}
