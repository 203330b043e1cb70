/** Where a connection may send its requests, and with them its credentials. */
export interface AllowedHosts {
  /** Configured base URLs, allowed exactly as written: scheme, host and port. */
  readonly origins: readonly string[];
  /** Host patterns over https: `api.stripe.com`, or `*.salesforce.com` for any depth of subdomain. */
  readonly patterns: readonly string[];
}

export function isAllowedUrl(input: {
  readonly url: URL;
  readonly allowed: AllowedHosts;
}): boolean {
  const { url, allowed } = input;
  if (allowed.origins.includes(url.origin)) return true;
  if (url.protocol !== "https:" || url.port !== "") return false;
  return allowed.patterns.some((pattern) => matchesHost({ host: url.hostname, pattern }));
}

function matchesHost({
  host,
  pattern,
}: {
  readonly host: string;
  readonly pattern: string;
}): boolean {
  if (!pattern.startsWith("*.")) return host === pattern;
  const suffix = pattern.slice(1);
  return host.length > suffix.length && host.endsWith(suffix);
}
