/** A field's value as text: the empty text for null, for a field that was not asked for, and for a nested record. */
export function fieldText(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}
