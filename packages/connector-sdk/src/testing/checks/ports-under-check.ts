import type { CrmConnector } from "../../spec/crm-connector.ts";
import type { WebhookReceiver } from "../../spec/webhook.ts";
import type { ConformanceBench, ConnectInput, WarmConnection } from "../conformance-bench.ts";
import type { CrmConformance, WebhookConformance } from "../conformance-harness.ts";

export interface CrmUnderCheck extends WarmConnection {
  readonly crm: CrmConnector;
  readonly peer: CrmConformance;
  /** The CRM of another connection. */
  connectCrm(input?: ConnectInput): CrmConnector;
}

export async function warmCrm(
  bench: ConformanceBench,
  input: ConnectInput = {},
): Promise<CrmUnderCheck> {
  const warm = await bench.warm(input);
  const peer = warm.harness.crm;
  if (peer === undefined) throw new Error("the check needs the harness's crm");
  const connectCrm = (changed: ConnectInput = {}) => there(warm.connect(changed).crm, "crm");
  return { ...warm, crm: there(warm.system.crm, "crm"), peer, connectCrm };
}

export interface WebhooksUnderCheck extends WarmConnection {
  readonly webhooks: WebhookReceiver;
  readonly peer: WebhookConformance;
}

export async function warmWebhooks(bench: ConformanceBench): Promise<WebhooksUnderCheck> {
  const warm = await bench.warm();
  const peer = warm.harness.webhooks;
  if (peer === undefined) throw new Error("the check needs the harness's webhooks");
  return { ...warm, webhooks: there(warm.system.webhooks, "webhooks"), peer };
}

function there<Port>(port: Port | null | undefined, name: string): Port {
  if (port === null || port === undefined) throw new Error(`the check needs the port ${name}`);
  return port;
}
