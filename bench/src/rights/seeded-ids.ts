/** A well-formed TypeID that looks random but is the same for the same number. */
export function typeId(prefix: string, number: number): string {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  const random = randomSource(number * 2_654_435_761 + prefix.charCodeAt(0));
  const text = Array.from({ length: 25 }, () => alphabet[Math.floor(random() * 32)]).join("");
  // One flat string, as a database driver makes it: a string that was put together keeps its parts.
  return Buffer.from(`${prefix}_0${text}`).toString("latin1");
}

/** mulberry32: seeded, so that every run asks the same questions. */
export function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
