import { invalidRequest } from "./stripe-error.ts";

/** Form parameters as nested: `items[0][price]=p` is items → 0 → price → "p". */
export type FormTree = ReadonlyMap<string, FormTree | string>;

const DEPTH_MAX = 10;
const PARAMETERS_MAX = 2_000;

/** @see https://docs.stripe.com/api (request bodies are form-encoded) */
export function parseFormTree(text: string): FormTree {
  const root: MutableTree = new Map();
  let count = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    count += 1;
    if (count > PARAMETERS_MAX)
      throw invalidRequest(`Too many parameters: at most ${PARAMETERS_MAX}.`);
    place(root, splitName(name), value);
  }
  return root;
}

type MutableTree = Map<string, MutableTree | string>;

/** `a[b][]` is `["a", "b", ""]`. */
function splitName(name: string): string[] {
  const open = name.indexOf("[");
  if (open <= 0) return [name];
  const steps = [name.slice(0, open)];
  const rest = name.slice(open);
  if (!/^(\[[^[\]]*\])+$/.test(rest)) throw invalidRequest(`Invalid parameter name: ${name}`);
  for (const [, step = ""] of rest.matchAll(/\[([^[\]]*)\]/g)) steps.push(step);
  if (steps.length > DEPTH_MAX) throw invalidRequest(`Parameter ${name} is nested too deeply.`);
  return steps;
}

function place(root: MutableTree, steps: readonly string[], value: string) {
  let node = root;
  for (const [index, raw] of steps.entries()) {
    // `[]` appends: the next free number.
    const step = raw === "" && index > 0 ? String(node.size) : raw;
    if (index === steps.length - 1) {
      node.set(step, value);
      return;
    }
    let next = node.get(step);
    if (next === undefined || typeof next === "string") {
      next = new Map();
      node.set(step, next);
    }
    node = next;
  }
}

/** The parameters in one order, whatever order they came in: what an idempotency key is compared by. */
export function canonicalForm(tree: FormTree): string {
  const parts = [...tree.entries()]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(
      ([key, value]) =>
        `${JSON.stringify(key)}:${typeof value === "string" ? JSON.stringify(value) : canonicalForm(value)}`,
    );
  return `{${parts.join(",")}}`;
}
