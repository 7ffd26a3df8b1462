/** Whether two JSON values are equal as RFC 6902, section 4.6, has it: numbers by value, objects without regard to order. */
export function jsonEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length &&
      a.every((item, index) => jsonEqual(item, b[index]));
  }
  const members = new Map(Object.entries(b));
  const entries = Object.entries(a);
  return entries.length === members.size &&
    entries.every(([name, member]) => members.has(name) && jsonEqual(member, members.get(name)));
}
