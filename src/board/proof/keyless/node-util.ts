/** As much of `node:util` as `@sigstore/verify` asks for: whether two of its values (text, bytes, times, and objects of them) are the same. */
export function isDeepStrictEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Date || b instanceof Date) return a instanceof Date && b instanceof Date && a.getTime() === b.getTime();
  const members = new Map(Object.entries(b));
  const own = Object.entries(a);
  return own.length === members.size && own.every(([name, value]) => isDeepStrictEqual(value, members.get(name)));
}
