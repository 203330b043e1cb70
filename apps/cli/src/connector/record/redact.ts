/**
 * Takes secrets and persons out of traffic. What is secret is known by where it stands (a header, a
 * field's name, a query), by what it looks like, and by having been seen as a secret before: a token
 * that a later answer repeats under an innocent name is still that token. E-mail addresses become
 * made-up ones, the same for the same person, so that a fixture still tells who is who.
 */
export interface Redactor {
  /** Learns a value that may show up anywhere from now on. */
  learn(secret: string): void;
  headers(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
  /** A path with its query. */
  path(path: string): string;
  /** A JSON text, a form, or any other text; what is neither is told by type and length alone. */
  body(body: { readonly text: string; readonly type: string | null }): unknown;
  text(text: string): string;
}

const removed = "(redacted)";

/** Shorter values are words: to replace them everywhere would spoil the fixture. */
const learnedCharactersMin = 6;

const secretName =
  /secret|token|passw|authori[sz]ation|cookie|credential|signature|api[-_]?key|private[-_]?key|access[-_]?key|session|bearer|assertion/i;
/** In a query or a form; in JSON a `code` is an error's, and a `key` anybody's. */
const secretField = /^(sig|key|code|pin|otp)$/i;
const emailName = /e[-_]?mail/i;
const personName =
  /phone|mobile|fax|first[-_]?name|last[-_]?name|given[-_]?name|family[-_]?name|birth|street|iban|tax[-_]?id|ssn|passport/i;

const email = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu;

/** What a secret looks like, wherever it stands. */
const secretLooks = [
  /\b(?:Bearer|Basic|Session|Token)\s+[A-Za-z0-9._~+/=-]{6,}/g,
  // A JSON Web Token.
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?/g,
  // Keys that say whose they are: Stripe, webhooks, GitHub, Slack, AWS, HubSpot, Salesforce.
  /\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9_]{6,}/g,
  /\bwhsec_[A-Za-z0-9+/=_-]{6,}/g,
  /\b(?:ghp|gho|ghs|github_pat)_[A-Za-z0-9_]{10,}/g,
  /\bxox[abprs]-[A-Za-z0-9-]{8,}/g,
  /\bAKIA[A-Z0-9]{12,}/g,
  /\bpat-[a-z]{2,3}\d?-[A-Za-z0-9-]{10,}/g,
  /\b00D[A-Za-z0-9]{12,15}![A-Za-z0-9._]{8,}/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  // The credentials of a URL.
  /(?<=:\/\/)[^\s/@:]+:[^\s/@]+(?=@)/g,
];

export function createRedactor(input: { readonly secrets?: readonly string[] } = {}): Redactor {
  const learned = new Set<string>();
  const people = new Map<string, string>();

  function learn(secret: string): void {
    if (secret.length >= learnedCharactersMin && secret !== removed) learned.add(secret);
  }
  for (const secret of input.secrets ?? []) learn(secret);

  function madeUpEmail(found: string): string {
    const known = people.get(found.toLowerCase());
    if (known !== undefined) return known;
    const made = `person-${people.size + 1}@example.com`;
    people.set(found.toLowerCase(), made);
    return made;
  }

  function text(given: string): string {
    let clean = given;
    // The longest first: a token may begin with another one.
    for (const secret of [...learned].sort((one, other) => other.length - one.length)) {
      for (const spelling of new Set([secret, encodeURIComponent(secret), jsonText(secret)])) {
        clean = clean.replaceAll(spelling, removed);
      }
    }
    for (const look of secretLooks) clean = clean.replace(look, removed);
    return clean.replace(email, madeUpEmail);
  }

  /** Learns before anything is written, so that order does not matter within one exchange. */
  function learnFrom(value: unknown, name: string | null): void {
    if (typeof value === "string" && name !== null && secretName.test(name)) learn(value);
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      learnFrom(inner, Array.isArray(value) ? name : key);
    }
  }

  function clean(value: unknown, name: string | null): unknown {
    if (name !== null && value !== null && typeof value !== "object") {
      if (secretName.test(name) && typeof value === "string") return removed;
      if (personName.test(name)) return removed;
      if (emailName.test(name) && typeof value === "string" && !value.includes("@")) return removed;
    }
    if (typeof value === "string") return text(value);
    if (Array.isArray(value)) return value.map((one) => clean(one, name));
    if (typeof value !== "object" || value === null || isRawNumber(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [text(key), clean(inner, key)]),
    );
  }

  function form(given: string): Readonly<Record<string, unknown>> {
    const fields = [...new URLSearchParams(given)];
    const isSecret = (name: string) => secretField.test(name) || secretName.test(name);
    for (const [name, value] of fields) if (isSecret(name)) learn(value);
    return Object.fromEntries(
      fields.map(([name, value]) => [name, isSecret(name) ? removed : clean(value, name)]),
    );
  }

  return {
    learn,
    text,
    headers(headers) {
      for (const [name, value] of Object.entries(headers)) {
        if (!secretName.test(name)) continue;
        learn(value);
        // `Bearer abc`: the token is the secret, with and without the word before it.
        for (const part of value.split(/[\s,;=]+/)) learn(part);
      }
      return Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [
          name,
          secretName.test(name) ? removed : text(value),
        ]),
      );
    },
    path(given) {
      const [path = "", query] = given.split(/\?(.*)/s);
      if (query === undefined || query === "") return text(path);
      const fields = Object.entries(form(query)).map(
        ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
      );
      return `${text(path)}?${fields.join("&")}`;
    },
    body({ text: given, type }) {
      if (given === "") return null;
      const json = parseJson(given);
      if (json !== undefined) {
        learnFrom(json, null);
        return clean(json, null);
      }
      if (type?.includes("x-www-form-urlencoded") === true) return form(given);
      return `(${type ?? "no content type"}, ${given.length} characters)`;
    },
  };
}

function jsonText(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Numbers as they were written: a fixture of an amount is worth nothing through a double. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown);
  } catch {
    // Not JSON; told by type and length.
    return undefined;
  }
}

// Both are newer than TypeScript's library; Node has had them since 22.
const rawNumbers = JSON as unknown as {
  rawJSON(text: string): object;
  isRawJSON(value: unknown): boolean;
};

function keepDigits(_key: string, value: unknown, { source }: { readonly source?: string }) {
  if (typeof value !== "number" || source === undefined || String(value) === source) return value;
  return rawNumbers.rawJSON(source);
}

function isRawNumber(value: object): boolean {
  return rawNumbers.isRawJSON(value);
}
