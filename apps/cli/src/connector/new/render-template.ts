import type { ConnectorName } from "../connector-name.ts";
import type { TemplateChoice } from "./template-choice.ts";

const mark = /^\s*(?:\/\/|<!--) <(when|or|else|\/when)(?: ([^>]+))?>(?: -->)?$/;
const waiting = /^(\s*)\/\/\| ?(.*)$/;

/**
 * A file of the reference connector as the new connector's own. Of a block
 * `// <when kind=crm>` … `// <or kind=erp>` … `// <else>` … `// </when>` the first branch whose
 * condition holds is kept; a line that waits behind `//|` is let out. Throws for marks that do not
 * close: the template is part of this repository, so that is a defect of ours.
 */
export function renderTemplate(input: {
  readonly text: string;
  readonly choice: TemplateChoice;
  readonly name: ConnectorName;
}): string {
  const { text, choice, name } = input;
  return rename(keepChosen(text, choice).replaceAll("<auth>", choice.auth), name);
}

interface Block {
  /** Whether the text around the block is kept at all. */
  readonly isOuterKept: boolean;
  isTaken: boolean;
  isKept: boolean;
}

function keepChosen(text: string, choice: TemplateChoice): string {
  const kept: string[] = [];
  const blocks: Block[] = [];
  const isKept = () => blocks.at(-1)?.isKept ?? true;
  for (const line of text.split("\n")) {
    const [, word, condition = ""] = mark.exec(line) ?? [];
    const block = blocks.at(-1);
    if (word === undefined) {
      if (isKept()) kept.push(line.replace(waiting, "$1$2"));
    } else if (word === "when") {
      const holds = matches(condition, choice);
      blocks.push({ isOuterKept: isKept(), isTaken: holds, isKept: isKept() && holds });
    } else if (block === undefined) {
      throw new Error(`<${word}> belongs to no <when>`);
    } else if (word === "/when") {
      blocks.pop();
    } else {
      const holds = !block.isTaken && (word === "else" || matches(condition, choice));
      block.isKept = block.isOuterKept && holds;
      block.isTaken ||= holds;
    }
  }
  if (blocks.length > 0) throw new Error("a <when> is not closed");
  return kept.join("\n");
}

/** `kind=crm,erp`, `auth=api_key`, `webhook`; `reference` never holds here. */
function matches(condition: string, { kind, auth, trigger }: TemplateChoice): boolean {
  const [subject, values = ""] = condition.split("=");
  switch (subject) {
    case "kind":
      return values.split(",").includes(kind);
    case "auth":
      return values.split(",").includes(auth);
    case "webhook":
      return trigger === "webhook";
    case "reference":
      return false;
    default:
      throw new Error(`the template knows no condition ${condition}`);
  }
}

const sdkPaths = /"(?:\.\.\/)+(http|spec|reading|conformance)(?:\/index)?\.ts"/g;

const testingPaths = /"\.\.\/(?:wrong-answers\/)?describe-[a-z-]+\.ts"/g;

/** In one pass: a name may hold the word that is replaced. */
const acme = /acme/gi;

/** Names in code, prose and paths; imports of the SDK's own folders become imports of its package. */
function rename(text: string, name: ConnectorName): string {
  return text
    .replace(sdkPaths, '"@usher/connector-sdk/$1"')
    .replace(testingPaths, '"@usher/connector-sdk/testing"')
    .replace(acme, (word, at: number, whole: string) => {
      const [before = "", after = ""] = [whole[at - 1], whole[at + word.length]];
      if (word === "acme") return /[A-Z]/.test(after) ? name.camel : name.kebab;
      return /[A-Z]/.test(after) || /[a-z]/.test(before) ? name.pascal : name.display;
    });
}
