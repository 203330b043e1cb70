import { parseCountry } from "@usher/entitlement-core/kernel";

const spellings: Readonly<Record<string, string>> = {
  usa: "US",
  "u.s.": "US",
  "u.s.a.": "US",
  "united states of america": "US",
  uk: "GB",
  "great britain": "GB",
  england: "GB",
  scotland: "GB",
  wales: "GB",
  "northern ireland": "GB",
  korea: "KR",
  "republic of korea": "KR",
  "russian federation": "RU",
  "czech republic": "CZ",
  holland: "NL",
  "the netherlands": "NL",
  turkey: "TR",
  "viet nam": "VN",
  "ivory coast": "CI",
};

let byEnglishName: ReadonlyMap<string, string> | null = null;

/**
 * ISO 3166-1 alpha-2 of what a free-text country field says: a code, or the English name.
 * Null when it is neither; it is never guessed, since rights may depend on it.
 */
export function toCountryCode(text: string | null | undefined): string | null {
  const said = text?.trim() ?? "";
  const code = parseCountry(said.toUpperCase());
  if (code !== null) return code;
  byEnglishName ??= englishNames();
  return spellings[said.toLowerCase()] ?? byEnglishName.get(said.toLowerCase()) ?? null;
}

// ICU knows every country's name; asking it for all 676 pairs once is cheaper than carrying a list.
function englishNames(): Map<string, string> {
  const display = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".split("");
  const names = new Map<string, string>();
  for (const pair of letters.flatMap((first) => letters.map((second) => first + second))) {
    const code = parseCountry(pair);
    const name = code === null ? undefined : display.of(code);
    if (code !== null && name !== undefined) names.set(name.toLowerCase(), code);
  }
  return names;
}
