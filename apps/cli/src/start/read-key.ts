/** Calls back for each key pressed in the terminal until stopped. Ctrl-C still ends the program. */
export function onKeyPress(input: {
  readonly stdin: NodeJS.ReadStream;
  readonly onKey: (key: string) => void;
  readonly onInterrupt: () => void;
}): { readonly stop: () => void } {
  if (!input.stdin.isTTY) return { stop: () => {} };
  input.stdin.setRawMode(true);
  input.stdin.resume();
  const listen = (chunk: Buffer) => {
    const key = chunk.toString("utf8");
    // Raw mode swallows the signal that Ctrl-C would be.
    if (key === "\u0003") input.onInterrupt();
    else input.onKey(key);
  };
  input.stdin.on("data", listen);
  return {
    stop: () => {
      input.stdin.off("data", listen);
      input.stdin.setRawMode(false);
      input.stdin.pause();
    },
  };
}
