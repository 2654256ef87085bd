/** A line that begins a criterion. */
export interface CriterionHead {
  /** `2` of the requirement, `1.2` in full; undefined for a bullet without a number. */
  printed: string | undefined;
  text: string;
  isBullet: boolean;
}

const HEAD =
  /^(?<bullet>[-*+]\s{1,4})?(?:\[[^\]]?\]\s{0,4})?(?:[*_`]{0,3}(?:AC[-_ ]?|#)?(?<id>\d{1,4}(?:\.\d{1,4}){0,3})(?:[*_`]{0,3}[.):：、．）][*_`]{0,3}(?=\s|[^\d\sa-z])|[*_`]{1,3}(?=\s)|(?=\s)))?\s{0,4}(?<text>\S.*)$/u;
/** Words that EARS sentences are made of, in the languages these tools write. */
const EARS =
  /\b(?:SHALL|WHEN|WHILE|WHERE|IF|GIVEN|shall)\b|^(?:THE|UNTIL|FOR ALL)\s|しなければならない|するものとする|した(?:とき|場合)|ならば|(?:当|若|如果|在).{1,200}(?:系统|系統|应|應|必须|必須)|(?:해야 한다|하여야 한다|할 때)|-(?:malıdır|melidir)|\bMUST\b/u;

export function criterionHead(text: string): CriterionHead {
  const groups = HEAD.exec(text.slice(0, 4000))?.groups;
  return { printed: groups?.['id'], text: groups?.['text'] ?? text, isBullet: groups?.['bullet'] !== undefined };
}

export function isEars(text: string): boolean {
  return EARS.test(text.slice(0, 1000));
}
