import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { createOpenApiDocument } from "@usher/api-contract";
import { checkReasons } from "@usher/entitlement-core/check";
import { errorCodes } from "@usher/entitlement-core/errors";
import { describe, expect, it } from "vitest";
import { project } from "./copy-of-the-house.ts";

const source = [
  "apps/*/src/**",
  "packages/*/src/**",
  "packages/connectors/*/src/**",
  "workflows/src/**",
];

describe("error codes and their pages", () => {
  const pages = globSync("docs/errors/*.md", { cwd: project })
    .map((file) => basename(file, ".md"))
    .filter((name) => name !== "README");

  it("every code has a page and every page a code", () => {
    expect(pages.toSorted()).toEqual([...errorCodes].sort());
  });

  it.each(pages)("the page of %s says what happened and how to fix it", (code) => {
    const page = read(`docs/errors/${code}.md`);
    expect(page).toContain(code);
    expect(page).toMatch(/^## What happened/m);
    expect(page).toMatch(/^## How to fix/m);
  });
});

it("the page of check reasons tells every reason, and none that no check gives", () => {
  const told = [...read("docs/reference/check-reasons.md").matchAll(/^\| `(\w+)` \|/gm)].map(
    ([, reason]) => reason,
  );
  expect(new Set(told)).toEqual(new Set(checkReasons));
  expect(told).toHaveLength(checkReasons.length);
});

it("the page of the environment tells every variable that a process reads, and none that nobody does", () => {
  const configs = [
    ...["api", "worker", "setup", "cli"].map((app) => `apps/${app}/src/config.ts`),
    "packages/hub-environment/src/hub-variables.ts",
  ];
  const variables = configs.flatMap((file) =>
    [...read(file).matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(([, name]) => name),
  );
  const told = [...read("docs/reference/environment.md").matchAll(/^\| `([A-Z_]+)` \|/gm)].map(
    ([, name]) => name,
  );
  expect(variables.length).toBeGreaterThan(30);
  expect(new Set(told)).toEqual(new Set(variables));
});

it("the core stands on the libraries of its decision, and on no other", () => {
  const { dependencies } = JSON.parse(read("packages/entitlement-core/package.json")) as {
    readonly dependencies: object;
  };
  const decision = read("docs/decisions/2026-11-24-the-core-stands-on-five-libraries.md");
  const named = /Five libraries[\s\S]*?What the core decides/.exec(decision)?.[0] ?? "";
  const libraries = [...named.matchAll(/`([@\w./-]+)` \(/g)].map(([, name]) => name);
  expect(new Set(Object.keys(dependencies))).toEqual(new Set(libraries));
});

describe("workflows", () => {
  const exported = [
    ...read("workflows/src/index.ts").matchAll(/export\s+\{([^}]*)\}\s+from\s+"\.\/([^"]+)\.ts"/g),
  ]
    .filter(([statement]) => !statement.startsWith("export type"))
    .flatMap(([, names = "", file = ""]) =>
      names
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== "" && !name.startsWith("type "))
        .map((name) => ({ name, file })),
    );

  it("the bundle's entry exports workflows and nothing in between", () => {
    expect(exported.length).toBeGreaterThan(0);
    expect(read("workflows/src/index.ts")).not.toMatch(
      /export \*|export (async )?function|export const/,
    );
  });

  it.each(exported)("$name has a file of its own name", ({ name, file }) => {
    expect(file).toBe(kebabCase(name));
    expect(read(`workflows/src/${file}.ts`)).toMatch(
      new RegExp(`export async function ${name}\\(`),
    );
  });
});

describe("connectors", () => {
  const vendors = globSync("packages/connectors/*/package.json", { cwd: project }).map((file) =>
    basename(dirname(file)),
  );

  it("there are some", () => {
    expect(vendors).toEqual(expect.arrayContaining(["salesforce", "stripe"]));
  });

  it.each(vendors)("%s has a README, fixtures and its create function", (vendor) => {
    const folder = `packages/connectors/${vendor}`;
    expect(existsSync(join(project, folder, "README.md"))).toBe(true);
    expect(
      globSync(`${folder}/**/fixtures/**/*.json`, { cwd: project, exclude: isInstalled }).length,
    ).toBeGreaterThan(0);
    const door = read(`${folder}/src/index.ts`);
    expect(door).toMatch(new RegExp(`create${pascalCase(vendor)}Connector\\b`, "i"));
  });
});

describe("every room says what it owns and what not", () => {
  const rooms = [
    ...globSync(
      [
        "packages/*/package.json",
        "packages/connectors/*/package.json",
        "apps/*/package.json",
        "workflows/package.json",
      ],
      { cwd: project },
    ).map(dirname),
    ...[
      "catalog",
      "deal",
      "order",
      "approval",
      "contract",
      "entitlement",
      "usage",
      "token",
      "check",
      "write-back",
    ].map((domain) => `packages/entitlement-core/src/${domain}`),
  ];

  it.each(rooms)("%s", (room) => {
    const readme = read(`${room}/README.md`);
    expect(readme).toMatch(/\bowns\b/i);
    expect(readme).toMatch(/\bdoes not own\b/i);
  });
});

describe("names", () => {
  it("nothing is called utils, helpers, common, shared or misc", () => {
    const banned = /^(utils?|helpers?|common|shared|misc)$/;
    const offenders = globSync(source, { cwd: project, exclude: isInstalled }).filter((path) =>
      path.split("/").some((part) => banned.test(part.replace(/(\.test|\.int)*\.ts$/, ""))),
    );
    expect(offenders).toEqual([]);
  });

  it("files are kebab-case", () => {
    const offenders = globSync(
      source.map((folder) => `${folder}/*.ts`),
      { cwd: project, exclude: isInstalled },
    )
      .map((path) => basename(path))
      .filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*\.ts$/.test(name));
    expect(offenders).toEqual([]);
  });
});

describe("the API's document", () => {
  it("the committed openapi.json is the one the code generates", () => {
    const generated: unknown = JSON.parse(JSON.stringify(createOpenApiDocument()));
    expect(JSON.parse(read("packages/api-contract/openapi.json"))).toEqual(generated);
  });
});

function read(path: string): string {
  return readFileSync(join(project, path), "utf8");
}

function isInstalled(path: string): boolean {
  return path.split("/").includes("node_modules");
}

function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function pascalCase(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
}
