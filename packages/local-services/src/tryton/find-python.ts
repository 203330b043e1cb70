import { runBounded } from "./run-bounded.ts";

export type FoundPython =
  | { readonly kind: "found"; readonly command: string; readonly hasPip: boolean }
  | { readonly kind: "missing"; readonly because: string };

// pip can install into another environment (`--python`) since 22.3.
const probe = `
import importlib.util, sys, venv
has = lambda name: importlib.util.find_spec(name) is not None
new = has("pip") and tuple(map(int, __import__("pip").__version__.split(".")[:2])) >= (22, 3)
print(sys.version_info >= (3, 10), new, has("ensurepip"))
`;

/** A Python on PATH that can make a virtual environment and install into it. Tryton 8.2 needs 3.10. */
export async function findPython(): Promise<FoundPython> {
  let because = "no python3 on PATH";
  for (const command of ["python3", "python"]) {
    const { ok, output } = await runBounded({ command, args: ["-c", probe], timeoutMs: 20_000 });
    if (!ok) continue;
    const [isNew, hasPip, hasEnsurePip] = output.trim().split(" ");
    if (isNew !== "True") because = `${command} is older than 3.10`;
    else if (hasPip !== "True" && hasEnsurePip !== "True") because = `${command} has no pip`;
    else return { kind: "found", command, hasPip: hasPip === "True" };
  }
  return { kind: "missing", because };
}
