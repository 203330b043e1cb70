/** One thing a guide tells its reader to do, in the order of the page. */
export type GuideStep =
  | {
      readonly kind: "run";
      readonly commands: readonly string[];
      readonly how: "passes" | "fails" | "background";
      /** What the page says it prints, line by line. */
      readonly prints: readonly string[];
    }
  | {
      readonly kind: "edit";
      readonly file: string;
      readonly from: string;
      readonly to: string;
    };

const fence = /^```(\w+) ?(\w*)\n([\s\S]*?)\n```$/gm;
const edit = /In `([^`]+)` change\s*$/;

/**
 * The steps of a guide: its `sh` fences with the `text` fences behind them, and each "In `file` change
 * … to …". Other fences are to be read only.
 */
export function guideSteps(page: string): readonly GuideStep[] {
  const steps: GuideStep[] = [];
  const fences = [...page.matchAll(fence)];
  for (const [index, [whole, language, how, body = ""]] of fences.entries()) {
    const at = fences[index]?.index ?? 0;
    if (language === "sh") {
      const next = fences[index + 1];
      const between = page.slice(at + whole.length, next?.index);
      const isTold = next?.[1] === "text" && !/^#/m.test(between);
      steps.push({
        kind: "run",
        commands: body.split("\n"),
        how: how === "fails" || how === "background" ? how : "passes",
        prints: isTold ? (next[3] ?? "").split("\n") : [],
      });
    }
    const [, file] = edit.exec(page.slice(0, at).trimEnd()) ?? [];
    const to = fences[index + 1];
    if (file !== undefined && to !== undefined) {
      steps.push({ kind: "edit", file, from: body, to: to[3] ?? "" });
    }
  }
  return steps;
}
