/** A failure whose message says what was expected, what came and what to do: printed without a stack. */
export class Failure extends Error {
  name = "Failure";
}

/** The process was asked to stop; nothing went wrong. */
export class Stopped extends Error {
  name = "Stopped";
}

/** One readable paragraph for whatever was thrown. */
export function explain(error) {
  if (error instanceof Failure) return error.message;
  const code = error?.code;
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return `May not write ${error.path ?? "a file"} (${code}). Run as the user who owns this folder, or make a clone of your own.`;
  }
  if (code === "ENOSPC")
    return `The disk is full: ${error.path ?? "a file"} could not be written. Free some space and start again.`;
  const detail = process.env.USHER_DEBUG ? `\n${error?.stack}` : " Set USHER_DEBUG=1 to see where.";
  return `Something that the bootstrap did not foresee: ${error?.message ?? error}.${detail}`;
}
