import { PassThrough, Writable } from "node:stream";
import { expect, it } from "vitest";
import { askForBlock } from "./prompt.ts";

const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });

const key = ["-----BEGIN PRIVATE KEY-----", "MIGH AgEA", "abc=", "-----END PRIVATE KEY-----"];

function ask(chunks: readonly string[]): Promise<string> {
  const input = new PassThrough();
  const asked = askForBlock({ input, output: nowhere() });
  for (const chunk of chunks) input.write(chunk);
  return asked;
}

it.each([
  ["pasted at once", [`${key.join("\n")}\n`]],
  ["pasted by a terminal that sends returns", [`${key.join("\r")}\r`]],
  ["pasted in pieces", key.map((line) => `${line}\n`)],
  ["pasted with blanks around its lines", [`${key.map((line) => `  ${line} `).join("\n")}\n`]],
])("a private key that is %s is one answer, through its END line", async (_, chunks) => {
  expect(await ask(chunks)).toBe(key.join("\n"));
});

it("anything else is one line", async () => {
  expect(await ask(["sk_live_1\n", "never read\n"])).toBe("sk_live_1");
  expect(await ask(["\n"])).toBe("");
});
