import { createInterface } from "node:readline/promises";
import { CliFailure } from "../../cli-failure.ts";
import {
  authKinds,
  connectorKinds,
  type TemplateAuth,
  type TemplateChoice,
  type TemplateKind,
  type TemplateTrigger,
  triggers,
} from "./template-choice.ts";

export interface GivenChoice {
  readonly kind?: string;
  readonly auth?: string;
  readonly trigger?: string;
}

const labels: Readonly<Record<TemplateKind | TemplateAuth | TemplateTrigger, string>> = {
  crm: "a CRM: won deals in, their status out",
  billing: "billing: subscriptions and invoices",
  erp: "an ERP: sales orders and their invoices",
  client_credentials: "client credentials: a token for an id and a secret",
  api_key: "an API key",
  refresh_token: "a consent with refresh tokens that rotate",
  webhook: "it calls us (webhooks), and we ask besides",
  poll: "we ask (polling)",
};

/** Three questions with a default each. Without a terminal, or when told, the defaults answer. */
export async function askChoice(
  given: GivenChoice,
  { canAsk }: { readonly canAsk: boolean },
): Promise<TemplateChoice> {
  return {
    kind: await answer("What is the vendor's system?", "kind", connectorKinds, given.kind, canAsk),
    auth: await answer("How is it authenticated?", "auth", authKinds, given.auth, canAsk),
    trigger: await answer(
      "How does it tell of a change?",
      "trigger",
      triggers,
      given.trigger,
      canAsk,
    ),
  };
}

async function answer<Option extends TemplateKind | TemplateAuth | TemplateTrigger>(
  question: string,
  flag: string,
  options: readonly [Option, ...Option[]],
  given: string | undefined,
  canAsk: boolean,
): Promise<Option> {
  if (given !== undefined) {
    const found = options.find((option) => option === given);
    if (found !== undefined) return found;
    throw new CliFailure(`--${flag} is "${given}"; expected one of ${options.join(", ")}.`);
  }
  if (!canAsk) return options[0];
  const list = options.map((option, index) => `  ${index + 1}. ${labels[option]} (${option})`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const typed = await terminal.question(`${[question, ...list].join("\n")}\n[1] `);
    const chosen = options.find((option, index) => [option, `${index + 1}`].includes(typed.trim()));
    if (chosen !== undefined || typed.trim() === "") return chosen ?? options[0];
    throw new CliFailure(`"${typed.trim()}" is none of the answers. Nothing was written.`);
  } finally {
    terminal.close();
  }
}
