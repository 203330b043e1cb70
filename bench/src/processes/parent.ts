/** The child's end of `startChild`: says what it has to say, answers what it is asked, ends with its parent. */
export function tellParent(first: unknown): void {
  process.once("disconnect", () => process.exit(0));
  process.send?.(first);
}

export function answerParent<Asked, Answered>(answer: (asked: Asked) => Promise<Answered>): void {
  process.on("message", (message) => {
    answer(message as Asked).then(
      (answered) => process.send?.(answered as object),
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
        process.exit(1);
      },
    );
  });
}
