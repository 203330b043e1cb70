import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** How a person is asked at the terminal. */
export interface Prompt {
  text(question: string): Promise<string>;
  /** What is typed is not shown. */
  hidden(question: string): Promise<string>;
}

/** Questions on the terminal; what is typed into `hidden` is echoed nowhere. */
export const terminalPrompt: Prompt = {
  text: (question) => ask(question, process.stdout),
  async hidden(question) {
    process.stdout.write(question);
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    const typed = await ask("", nowhere);
    process.stdout.write("\n");
    return typed;
  },
};

async function ask(question: string, output: NodeJS.WritableStream): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output, terminal: true });
  try {
    return (await terminal.question(question)).trim();
  } finally {
    terminal.close();
  }
}
