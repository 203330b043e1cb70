import { prepareTryton } from "@usher/local-services";

/**
 * Begins to get Tryton ready while other tests run: on a new clone that takes half a minute of the
 * core that one test file at a time leaves idle. The tests that need it wait for it themselves,
 * and say what is wrong where it cannot be had; a head start is all this gives.
 */
export default function setup(): () => Promise<void> {
  if (!isAskedFor(process.argv.slice(2))) return async () => undefined;
  const ended = prepareTryton({ say: () => undefined }).then(
    () => undefined,
    () => undefined,
  );
  // Nothing of it may outlive the run.
  return () => ended;
}

/** A run of everything, or of something with Tryton in it. */
function isAskedFor(args: readonly string[]): boolean {
  const paths = args.filter((one) => !one.startsWith("-") && one.includes("/"));
  return paths.length === 0 || paths.some((path) => /tryton|erp|connectors$/.test(path));
}
