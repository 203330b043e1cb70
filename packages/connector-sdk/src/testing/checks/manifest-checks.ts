import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ConnectorErrorDetail } from "../../spec/connector-error.ts";
import type { ConformanceBench } from "../conformance-bench.ts";
import type { ConformanceCheck } from "../conformance-check.ts";
import { must, mustEqual } from "../conformance-fault.ts";
import type { DefinitionConformance } from "../conformance-harness.ts";
import {
  breaksOfManifest,
  readReleasedManifest,
  releasedManifestFile,
} from "../released-manifest.ts";
import { endingOf } from "./expect-outcome.ts";

const chapter = "Manifest and safety";

export const manifestIsTrue: ConformanceCheck = {
  id: 1,
  chapter,
  title: "The manifest is valid, and the connector does what it says",
  needs: ["definition"],
  why: "A hub shows and offers what the manifest says. A capability without its port fails at run time, at a customer.",
  fix: "Correct the manifest: `id` in kebab case, `version` by semver, a port for every kind and a kind for every port, `webhookEvents` exactly when there is a receiver.",
  async run(bench) {
    const { system } = await bench.warm();
    const { manifest } = definitionOf(bench).connector;
    const texts: readonly (readonly [string, string, RegExp, string])[] = [
      ["id", manifest.id, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "kebab case, such as acme-crm"],
      ["name", manifest.name, /\S/, "a name"],
      ["version", manifest.version, /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/, "semver, such as 1.4.0"],
    ];
    for (const [field, received, pattern, expected] of texts) {
      must(pattern.test(received), {
        says: `manifest.${field} has to be ${expected}.`,
        path: `manifest.${field}`,
        expected,
        received,
      });
    }
    must(manifest.authKinds.length > 0, {
      says: "manifest.authKinds names how the connection is authenticated, and is empty.",
      path: "manifest.authKinds",
      received: manifest.authKinds,
    });
    for (const field of ["concurrentCallsMax", "batchSizeMax"] as const) {
      const received = manifest.limits[field];
      must(Number.isInteger(received) && received > 0, {
        says: `manifest.limits.${field} has to be a whole number of at least 1.`,
        path: `manifest.limits.${field}`,
        received,
      });
    }
    const names = manifest.streams.map(({ name }) => name);
    mustEqual({
      says: "Each stream has a name of its own.",
      path: "manifest.streams",
      received: names,
      expected: [...new Set(names)],
    });
    for (const kind of ["crm", "billing", "erp"] as const) {
      const hasPort = (system[kind] ?? null) !== null;
      must(manifest.kinds.includes(kind) === hasPort, {
        says: `The manifest ${manifest.kinds.includes(kind) ? "names" : "does not name"} the kind ${kind}, and connect() ${hasPort ? "gives" : "gives no"} \`${kind}\`.`,
        path: "manifest.kinds",
        received: manifest.kinds,
      });
    }
    const canRead = system.crm !== null || system.billing?.readAnnouncements !== undefined;
    must(manifest.streams.length > 0 === canRead, {
      says: "A CRM has a stream of deals, a billing system that reads its announcements one of events, and nothing else has one.",
      path: "manifest.streams",
      received: names,
    });
    must(manifest.webhookEvents.length > 0 === (system.webhooks !== null), {
      says: "manifest.webhookEvents lists what the receiver understands: some exactly when there is a receiver.",
      path: "manifest.webhookEvents",
      received: manifest.webhookEvents,
    });
  },
};

const secretName = /secret|password|token|private.?key|api.?key/i;

export const configIsRefusedByName: ConformanceCheck = {
  id: 2,
  chapter,
  title: "Secrets are flagged, and a wrong configuration is refused by the field's name",
  needs: ["definition"],
  why: "An unflagged secret is stored in the clear and shown again. A stack trace instead of a field's name is a support case.",
  fix: "List every secret in `secretFields`. Parse the configuration with `parseConfig` first thing in `connect`; it names fields and never values.",
  async run(bench) {
    const { proxy } = await bench.warm();
    const { connector, config } = definitionOf(bench);
    const { manifest } = connector;
    const good = config(proxy.url);
    for (const [field, value] of Object.entries(good)) {
      const isSecret = bench.harness.secrets.includes(String(value)) || secretName.test(field);
      must(!isSecret || typeof value !== "string" || manifest.secretFields.includes(field), {
        says: `The field ${field} holds a secret, and manifest.secretFields does not name it.`,
        path: "manifest.secretFields",
        expected: field,
        received: manifest.secretFields,
      });
    }
    const connect = async (given: unknown) =>
      connector.connect(
        { connectionId: "con_conformance", config: given },
        { fetch: refuseToCall, now: Date.now },
      );
    for (const [what, given] of [
      ["null", null],
      ["a list", []],
      ["a text", "config"],
      ["nothing at all", {}],
    ] as const) {
      await mustBeConfigError(
        `Connecting with ${what} as the configuration`,
        connect(given),
        bench,
      );
    }
    for (const field of Object.keys(good)) {
      for (const [what, wrong] of [
        ["a list", []],
        ["NaN", Number.NaN],
      ] as const) {
        const doing = `Connecting with ${what} as ${field}`;
        const error = await mustBeConfigError(doing, connect({ ...good, [field]: wrong }), bench);
        must(error.message.includes(field), {
          says: `${doing}: the error has to name the field.`,
          path: "error.message",
          expected: field,
          received: error.message,
        });
      }
    }
  },
};

async function mustBeConfigError(
  doing: string,
  work: Promise<unknown>,
  bench: ConformanceBench,
): Promise<ConnectorErrorDetail> {
  const { outcome } = await endingOf(work);
  must(outcome.category === "config", {
    says: `${doing} has to be refused with config, and ended in ${outcome.category}.`,
    path: "error.category",
    expected: "config",
    received: outcome.category,
  });
  const { message } = outcome as ConnectorErrorDetail;
  must(!/\n\s+at /.test(message) && !bench.harness.secrets.some((one) => message.includes(one)), {
    says: `${doing}: the message holds a stack trace or a secret.`,
    path: "error.message",
  });
  return outcome as ConnectorErrorDetail;
}

const refuseToCall: typeof fetch = () =>
  Promise.reject(new Error("connect() makes no call, it only prepares one"));

export const manifestKeepsItsPromises: ConformanceCheck = {
  id: 3,
  chapter,
  title: "The manifest is backward compatible with the last released one",
  needs: ["definition", "package"],
  why: "Stored configurations, checkpoints and subscriptions outlive a release. A field that becomes required stops every connection at once.",
  fix: `Keep what was released: give new fields a default, leave streams and events where they are. After a release, \`usher connector release <name>\` writes ${releasedManifestFile}.`,
  async run(bench) {
    const { manifest } = definitionOf(bench).connector;
    const path = join(bench.folder ?? "", releasedManifestFile);
    must(existsSync(path), {
      says: `${releasedManifestFile} is not there: nothing says what was released. \`usher connector release <name>\` writes it.`,
      path: releasedManifestFile,
    });
    const released = readReleasedManifest(readFileSync(path, "utf8"));
    const [first] = breaksOfManifest({ released, manifest });
    must(first === undefined, {
      says: first?.says ?? "",
      path: first?.path ?? "manifest",
      expected: first?.expected,
      received: first?.received,
    });
  },
};

export function definitionOf(bench: ConformanceBench): DefinitionConformance {
  const { definition } = bench.harness;
  if (definition === undefined) throw new Error("the check needs the harness's definition");
  return definition;
}
