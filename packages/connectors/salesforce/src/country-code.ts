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
  russia: "RU",
  "russian federation": "RU",
  "czech republic": "CZ",
  holland: "NL",
  "the netherlands": "NL",
  turkey: "TR",
  "viet nam": "VN",
  "ivory coast": "CI",
};

let byEnglishName: Map<string, string> | null = null;

/**
 * ISO 3166-1 alpha-2 of what a free-text country field says: a code, or the English name.
 * Null when it is neither; it is never guessed, since rights may depend on it.
 */
export function toCountryCode(text: string | null | undefined): string | null {
  const said = text?.trim() ?? "";
  if (said === "") return null;
  byEnglishName ??= englishNames();
  const upper = said.toUpperCase();
  if (/^[A-Z]{2}$/.test(upper) && upper !== "UK") {
    return [...byEnglishName.values()].includes(upper) ? upper : null;
  }
  return spellings[said.toLowerCase()] ?? byEnglishName.get(said.toLowerCase()) ?? null;
}

// ICU knows every region's name; asking it for all 676 pairs once is cheaper than carrying a list.
function englishNames(): Map<string, string> {
  const display = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const pairs = letters.flatMap((first) => letters.map((second) => first + second));
  const names = new Map<string, string>();
  for (const code of pairs) {
    if (notCountries.has(code)) continue;
    const name = display.of(code);
    if (name !== undefined) names.set(name.toLowerCase(), code);
  }
  return names;
}

/** Codes ICU names that ISO 3166-1 does not assign to a country, or only formerly did. */
const notCountries = new Set([
  "AC",
  "AN",
  "BU",
  "CP",
  "CQ",
  "CS",
  "DD",
  "DG",
  "DY",
  "EA",
  "EU",
  "EZ",
  "FX",
  "HV",
  "IC",
  "NH",
  "QO",
  "RH",
  "SU",
  "TA",
  "TP",
  "UK",
  "UN",
  "VD",
  "XA",
  "XB",
  "XK",
  "YD",
  "YU",
  "ZR",
  "ZZ",
]);
