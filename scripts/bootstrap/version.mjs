/** `[major, minor, patch]` of the first version in a text, or undefined. */
export function parseVersion(text) {
  const match = /(\d+)\.(\d+)\.(\d+)/.exec(text);
  return match ? match.slice(1).map(Number) : undefined;
}

/** Whether version `a` is `b` or later. */
export function isAtLeast(a, b) {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  if (!left || !right) return false;
  for (let part = 0; part < 3; part += 1) {
    if (left[part] !== right[part]) return left[part] > right[part];
  }
  return true;
}
