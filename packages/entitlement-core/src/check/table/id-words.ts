import type { Interner } from "./interner.ts";

// Crockford's base 32 as TypeID uses it: 26 characters for 128 bits, the first of them only 3.
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
const values = new Int8Array(128).fill(-1);
for (let value = 0; value < alphabet.length; value += 1) values[alphabet.charCodeAt(value)] = value;

const suffixChars = 26;

/** 128-bit ids take four words; any other text is interned and marked by three words of all ones. */
export const idWordCount = 4;
const mark = 0xffff_ffff;

/** Writes `id` as four words. Ids of the form `<prefix>_<26 characters>` take no memory beside them. */
export function writeId({
  id,
  prefix,
  words,
  at,
  strings,
}: {
  readonly id: string;
  readonly prefix: string;
  readonly words: Uint32Array;
  readonly at: number;
  readonly strings: Interner<string>;
}): void {
  if (!writeSuffix(id, prefix, words, at)) {
    words[at] = mark;
    words[at + 1] = mark;
    words[at + 2] = mark;
    words[at + 3] = strings.intern(id);
  }
}

/** The very text that was written. */
export function readId({
  prefix,
  words,
  at,
  strings,
}: {
  readonly prefix: string;
  readonly words: Uint32Array;
  readonly at: number;
  readonly strings: Interner<string>;
}): string {
  if (isMarked(words, at)) return strings.get(words[at + 3] as number);
  let text = `${prefix}_`;
  for (let char = suffixChars - 1; char >= 0; char -= 1) {
    // The characters are the number's digits in base 32; this one starts at that bit from the right.
    const bit = char * 5;
    const place = at + 3 - (bit >> 5);
    const shift = bit & 31;
    const low = (words[place] as number) >>> shift;
    const high = shift > 27 && place > at ? (words[place - 1] as number) << (32 - shift) : 0;
    text += alphabet[(low | high) & 31];
  }
  return text;
}

function writeSuffix(id: string, prefix: string, words: Uint32Array, at: number): boolean {
  const start = prefix.length + 1;
  if (id.length !== start + suffixChars || id[prefix.length] !== "_" || !id.startsWith(prefix)) {
    return false;
  }
  let rest = 0;
  let bits = -2;
  let next = 0;
  for (let char = start; char < id.length; char += 1) {
    const code = id.charCodeAt(char);
    const value = code < 128 ? (values[code] as number) : -1;
    if (value < 0 || (char === start && value > 7)) return false;
    rest = rest * 32 + value;
    bits += 5;
    if (bits >= 32) {
      bits -= 32;
      const scale = 2 ** bits;
      const whole = Math.floor(rest / scale);
      words[at + next] = whole;
      rest -= whole * scale;
      next += 1;
    }
  }
  return !isMarked(words, at);
}

function isMarked(words: Uint32Array, at: number): boolean {
  return words[at] === mark && words[at + 1] === mark && words[at + 2] === mark;
}
