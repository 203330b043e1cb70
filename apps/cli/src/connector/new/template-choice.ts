/** What `usher connector new` asks, and what it takes when nobody answers. */
export const connectorKinds = ["crm", "billing", "erp"] as const;
export type TemplateKind = (typeof connectorKinds)[number];

export const authKinds = ["client_credentials", "api_key", "refresh_token"] as const;
export type TemplateAuth = (typeof authKinds)[number];

export const triggers = ["webhook", "poll"] as const;
export type TemplateTrigger = (typeof triggers)[number];

export interface TemplateChoice {
  readonly kind: TemplateKind;
  readonly auth: TemplateAuth;
  /** How the vendor tells of a change: it calls us, or we ask. */
  readonly trigger: TemplateTrigger;
}
