/**
 * The value whose name is `text` but for case, spaces and punctuation, or at most one typing slip
 * for every four letters away; undefined when none is, or when two values are equally close.
 */
export function closestName<Value>(
  text: string,
  candidates: readonly { readonly name: string; readonly value: Value }[],
): Value | undefined {
  const wanted = bare(text);
  if (wanted === "") return undefined;
  const slipsMax = Math.floor(wanted.length / 4);
  let best: { readonly value: Value; readonly slips: number; readonly isTied: boolean } | undefined;
  for (const { name, value } of candidates) {
    const slips = countSlips(wanted, bare(name), slipsMax);
    if (slips === null) continue;
    if (best === undefined || slips < best.slips) best = { value, slips, isTied: false };
    else if (slips === best.slips && value !== best.value) best = { ...best, isTied: true };
  }
  return best === undefined || best.isTied ? undefined : best.value;
}

const lengthMax = 100;

function bare(text: string): string {
  return text
    .slice(0, lengthMax)
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]/gu, "");
}

/** Levenshtein distance of two short texts, or null when it is above `max`. */
function countSlips(one: string, other: string, max: number): number | null {
  if (Math.abs(one.length - other.length) > max) return null;
  let above = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      current.push(
        Math.min(
          (above[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (above[column - 1] ?? 0) + (isSame ? 0 : 1),
        ),
      );
    }
    above = current;
  }
  const slips = above[other.length] ?? 0;
  return slips <= max ? slips : null;
}
