import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** How a person is asked at the terminal. */
export interface Prompt {
  text(question: string): Promise<string>;
  /** What is typed is not shown. A PEM block, such as a private key, is read through its END line. */
  hidden(question: string): Promise<string>;
}

/** Questions on the terminal; what is typed into `hidden` is echoed nowhere. */
export const terminalPrompt: Prompt = {
  text: (question) => ask(question, process.stdout),
  async hidden(question) {
    process.stdout.write(question);
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    const typed = await askForBlock({ input: process.stdin, output: nowhere });
    process.stdout.write("\n");
    return typed;
  },
};

const pemBegins = /^-----BEGIN [A-Z0-9 ]+-----/;
const pemEnds = /-----END [A-Z0-9 ]+-----\s*$/;
/** Far more than any key or certificate has: what never ends is not read for ever. */
const pemLinesMax = 500;

/** One line, or all lines of a PEM block when the first begins one. */
export async function askForBlock(streams: {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}): Promise<string> {
  // Lines that are pasted at once arrive between two questions: they are taken as they come.
  const terminal = createInterface({ ...streams, terminal: true });
  const lines: string[] = [];
  try {
    for await (const line of terminal) {
      lines.push(line.trim());
      const isWhole = !pemBegins.test(lines[0] ?? "") || pemEnds.test(line);
      if (isWhole || lines.length >= pemLinesMax) break;
    }
  } finally {
    terminal.close();
  }
  return lines.join("\n").trim();
}

async function ask(question: string, output: NodeJS.WritableStream): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output, terminal: true });
  try {
    return (await terminal.question(question)).trim();
  } finally {
    terminal.close();
  }
}
