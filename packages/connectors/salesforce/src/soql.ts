/**
 * A text as a SOQL literal. Everything that ends or continues a literal is escaped, so that a value
 * stays a value.
 * @see https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_quotedstringescapes.htm
 */
export function soqlText(value: string): string {
  const escaped = value.replace(
    /[\\'"\n\r\t\b\f]/g,
    (character) => escapes[character] ?? character,
  );
  return `'${escaped}'`;
}

const escapes: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  '"': '\\"',
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\b": "\\b",
  "\f": "\\f",
};

export function soqlTexts(values: readonly string[]): string {
  return values.map(soqlText).join(",");
}
