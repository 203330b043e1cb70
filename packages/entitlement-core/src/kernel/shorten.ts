/**
 * `text` as a sentence may quote it: at most `lengthMax` characters, on one line, with nothing
 * that a database or a screen cannot hold. Never cuts a character in two.
 */
export function shorten(text: string, lengthMax = 60): string {
  const characters = Array.from(text.slice(0, 2 * lengthMax + 2), (one) =>
    /\p{Surrogate}|\p{Control}/u.test(one) ? "\uFFFD" : one,
  );
  return characters.length > lengthMax
    ? `${characters.slice(0, lengthMax).join("")}…`
    : characters.join("");
}
