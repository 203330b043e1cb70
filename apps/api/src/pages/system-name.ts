const spelled: ReadonlyMap<string, string> = new Map([
  ["salesforce", "Salesforce"],
  ["hubspot", "HubSpot"],
  ["stripe", "Stripe"],
  ["netsuite", "NetSuite"],
  ["tryton", "Tryton"],
]);

/** A remote system as people write it. What has no entry is shown as its connector or sender calls it. */
export function systemName(system: string): string {
  return spelled.get(system) ?? system;
}
