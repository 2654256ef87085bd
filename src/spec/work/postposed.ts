/** Japanese and Korean say what depends, what it depends on, and then the verb: `T004はT001に依存`, `T004는 T001에 의존`. */
const POSTPOSED = /^(.{1,200}?)\s*(?:は|が|은|는|이|가)[、,\s]*(.{1,200}?)\s*(?:に|へ|에|에게)\s*(?:依存|의존)/u;

/** What waits and what it waits for, as written; the caller says whether these are lists of ids. */
export function postposedPair(text: string): { left: string; right: string } | undefined {
  const [, left, right] = POSTPOSED.exec(text) ?? [];
  return left === undefined || right === undefined ? undefined : { left, right };
}
