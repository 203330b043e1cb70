import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isConnectorError } from "../../spec/connector-error.ts";
import type { ConnectedSystem } from "../../spec/connector-manifest.ts";
import type { ConformanceCheck } from "../conformance-check.ts";
import { must } from "../conformance-fault.ts";
import { startFaultProxy } from "../fault-proxy.ts";
import { endingOf, expectCategory, expectOk } from "./expect-outcome.ts";
import { definitionOf } from "./manifest-checks.ts";

const chapter = "Manifest and safety";

export const secretsStayInside: ConformanceCheck = {
  id: 4,
  chapter,
  title: "No secret shows in a log or an error, whatever goes wrong",
  needs: [],
  why: "Errors end in Temporal's history, in logs and on a salesperson's screen; all three are read by more people than may know a secret.",
  fix: "Log through `context.log` with method, host and status only. Put no header, body or query into a message: say its type and length.",
  async run(bench) {
    const { harness, proxy, system, context } = await bench.warm();
    const told: string[] = [];
    const faults = [
      { kind: "answer", ...harness.unauthorized },
      { kind: "answer", status: 400, body: "{}" },
      { kind: "answer", status: 500, body: "" },
      { kind: "reset-after-commit" },
      { kind: "html" },
    ] as const;
    for (const call of [harness.write, harness.read]) {
      for (const fault of faults) {
        proxy.calm();
        proxy.strike({ fault, times: 1 });
        const recorded = context();
        const { thrown } = await endingOf(call(system, recorded));
        told.push(showError(thrown), JSON.stringify(recorded.logged));
      }
    }
    const all = told.join("\n");
    must(all.includes("http"), {
      says: "Nothing was logged and no error said anything: what fails must be told.",
      path: "context.log",
      received: all.slice(0, 100),
    });
    const [shown] = harness.secrets.filter((secret) => all.includes(secret));
    must(shown === undefined, {
      says: `A log or an error shows a secret, ${shown?.length ?? 0} characters long and beginning with ${JSON.stringify(shown?.slice(0, 3))}.`,
      path: "context.log or error",
      received: aroundOf(all, shown ?? ""),
    });
  },
};

function showError(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const detail = isConnectorError(error) ? JSON.stringify(error.detail) : "";
  return [error.message, error.stack, detail, JSON.stringify(error), showError(error.cause)].join(
    "\n",
  );
}

/** Where in the text the secret stood, without the secret. */
function aroundOf(text: string, secret: string): string {
  const at = text.indexOf(secret);
  return `${text.slice(Math.max(0, at - 60), at)}(secret)`;
}

export const callsOnlyWhereAllowed: ConformanceCheck = {
  id: 5,
  chapter,
  title: "Only the configured URL and the vendor's own hosts are called, redirects included",
  needs: ["definition"],
  why: "Whoever can redirect a request, or put a URL into an answer, would be handed the credentials.",
  fix: "Send everything through `createHttpClient` with `allowed`; turn an SDK's own redirects off. Let the base URL be configured. Name hosts, not top-level domains.",
  async run(bench) {
    const called: string[] = [];
    const spied: typeof fetch = (input, init) => {
      called.push(input instanceof Request ? input.url : String(input));
      return fetch(input, init);
    };
    const { harness, proxy, context, connect } = await bench.warm();
    const system = connect({ fetch: spied });
    await expectOk("A read", harness.read(system, context()));
    await expectOk("A write", harness.write(system, context()));
    const astray = called.find((url) => !url.startsWith(`${proxy.url}/`));
    must(astray === undefined, {
      says: `It was connected to ${proxy.url}, and called another host.`,
      path: "fetch",
      expected: proxy.url,
      received: astray,
    });
    for (const pattern of definitionOf(bench).connector.manifest.allowedHosts) {
      must(/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(pattern), {
        says: "manifest.allowedHosts has to name the vendor's hosts: `api.acme.com`, or `*.acme.com`.",
        path: "manifest.allowedHosts",
        received: pattern,
      });
    }
    const foreign = await startFaultProxy({ peerUrl: harness.peerUrl });
    try {
      for (const status of [302, 307, 308]) {
        proxy.calm();
        proxy.strike({
          fault: { kind: "answer", status, headers: { location: `${foreign.url}/stolen` } },
        });
        const { outcome } = await endingOf(harness.read(connect(), context()));
        must(outcome.category !== "ok", {
          says: `An answer ${status} to a foreign host was taken for a good one.`,
          path: "error.category",
          received: outcome.category,
        });
      }
      must(foreign.requests.length === 0, {
        says: "A redirect to a foreign host was followed, and the request went there with what it carries.",
        path: "location",
        expected: "no request",
        received: foreign.requests.map(({ method, path }) => `${method} ${path}`),
      });
    } finally {
      await foreign.close();
    }
  },
};

const checkMsMax = 10_000;

export const checkTellsWhatIsWrong: ConformanceCheck = {
  id: 6,
  chapter,
  title:
    "check() changes nothing, ends within 10 s, and tells bad credentials from missing rights from an unreachable server",
  needs: ["answers"],
  why: "It is the first thing an operator presses. `Connection failed` sends three different people looking in three different places.",
  fix: "Read only. Classify with the vendor's code: `auth_invalid`, `permission`, `transient`.",
  async run(bench) {
    const { harness, proxy, context, connect, clock } = await bench.warm();
    const check = (system: ConnectedSystem) => {
      const port = system.crm ?? system.billing ?? system.erp;
      if (port === null || port === undefined) throw new Error("no port has a check()");
      return port.check(context({ deadline: clock.now() + checkMsMax }));
    };
    const startedMs = performance.now();
    await expectOk("check() with everything in order", check(connect()));
    const tookMs = performance.now() - startedMs;
    must(tookMs < checkMsMax, {
      says: "check() took more than 10 s.",
      path: "check()",
      received: tookMs,
    });
    const written = proxy.requests.filter(harness.isWrite);
    must(written.length === 0, {
      says: "check() changed something over there.",
      path: "check()",
      expected: "reads only",
      received: written.map(({ method, path }) => `${method} ${path}`),
    });
    const isApi = (request: Parameters<typeof harness.isWrite>[0]) =>
      !(harness.tokens?.isTokenRequest(request) ?? false);
    for (const [doing, answer, category] of [
      ["check() with refused credentials", harness.unauthorized, "auth_invalid"],
      ["check() without the right", harness.answers?.forbidden, "permission"],
    ] as const) {
      if (answer === undefined) continue;
      proxy.calm();
      proxy.strike({ when: isApi, fault: { kind: "answer", ...answer } });
      await expectCategory(doing, check(connect()), category);
    }
    const closed = await startFaultProxy({ peerUrl: harness.peerUrl });
    await closed.close();
    await expectCategory(
      "check() of a server that is not there",
      check(connect({ url: closed.url })),
      "transient",
    );
  },
};

const headings: readonly (readonly [string, RegExp])[] = [
  ["what is read or written", /^## .*what is (read|written)/im],
  ["setting up", /^## .*set(ting)?[ -]?up/im],
  ["scopes", /^## .*scopes/im],
  ["limits", /^## .*limits/im],
];

export const readmeServesAnOperator: ConformanceCheck = {
  id: 7,
  chapter,
  title:
    "The README has what an operator needs: what is read and written, setting up, scopes, limits",
  needs: ["package", "definition"],
  why: "An integration is approved by people who will not read code: which rights, which data, which limits.",
  fix: "Add the missing heading. Name every scope of the manifest, each as it is written there.",
  async run(bench) {
    const path = join(bench.folder ?? "", "README.md");
    must(existsSync(path), { says: "There is no README.md.", path: "README.md" });
    const readme = readFileSync(path, "utf8");
    for (const [name, pattern] of headings) {
      must(pattern.test(readme), {
        says: `README.md has no heading for ${name}.`,
        path: "README.md",
        expected: String(pattern),
        received: readme.split("\n").filter((line) => line.startsWith("## ")),
      });
    }
    for (const scope of definitionOf(bench).connector.manifest.scopes) {
      must(readme.includes(scope), {
        says: `README.md does not name the scope ${scope}, which the manifest asks for.`,
        path: "README.md",
        expected: scope,
      });
    }
  },
};
