/**
 * A failure the person at the terminal can act on: printed as sentences, never as a stack trace.
 * `hint` says what to do next.
 */
export class CliFailure extends Error {
  override readonly name = "CliFailure";
  readonly hint: string | undefined;

  constructor(message: string, options: { readonly hint?: string; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.hint = options.hint;
  }
}
