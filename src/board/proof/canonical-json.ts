/** Canonical JSON (RFC 8785) of plain data: the one text that the log hashes for it. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  // `sort` without a function is by UTF-16 code units, as the RFC wants it.
  const members = Object.entries(value).filter(([, each]) => each !== undefined);
  const names = members.map(([name]) => name).sort();
  const byName = new Map(members);
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalJson(byName.get(name))}`).join(',')}}`;
}
