import { idsIn, type IdForm, isIdList, printedIds } from '../../work/id-lists.ts';
import { leadingKeyword } from '../../work/keywords.ts';

const PACKAGE_ID: IdForm = { pattern: String.raw`WP\d{2,3}`, ignoreCase: false };

/** What a line of the older `tasks.md` says of dependencies. */
export type StatedDependencies =
  | { form: 'list'; ids: string[] }
  /** A label alone, or a heading: bullets follow. */
  | { form: 'heading' }
  | { form: 'prose' };

const DEPENDS_ON = /^\s*Depends on\s+(?=\**WP\d)/i;
const LABEL = /^(?:.*\|)?\s*(?:[-*+]\s+)?(?:\*\*|__)?Dependencies(?:\*\*|__)?\s*[:：](?:\*\*|__)?\s*/i;
const HEADING = /^#{2,6}\s+Dependencies\s*$/i;
const NONE = /^(?:none|no\b|n\/a|nothing|[-–—]\s*$|\[\s*\]|なし|无|無|없음|ninguna|nenhuma|aucune|keine|yok)/i;
/** Where the list ends and something else begins. */
const END = /\*\*|__|\||·|;|[(（]|\.(?:\s|$)|。|—| - /;

/** One of the three forms that the tool itself reads; undefined for any other line. */
export function dependenciesStated(line: string): StatedDependencies | undefined {
  if (HEADING.test(line)) return { form: 'heading' };
  const depends = DEPENDS_ON.exec(line)?.[0];
  if (depends !== undefined) return listIn(line.slice(depends.length));
  const label = LABEL.exec(line)?.[0];
  if (label === undefined) return undefined;
  const rest = line.slice(label.length).trim();
  return rest === '' ? { form: 'heading' } : listIn(rest);
}

/** A bullet under such a heading; undefined for a line that is none. */
export function dependencyBullet(line: string): StatedDependencies | undefined {
  const text = /^\s*[-*+]\s+(.*)$/.exec(line)?.[1];
  return text === undefined ? undefined : listIn(text);
}

function listIn(text: string): StatedDependencies {
  const plain = withoutVerb(text).replace(/^[*_`\s[]+/, '');
  if (NONE.test(plain)) return { form: 'list', ids: [] };
  const list = plain.slice(0, END.exec(plain)?.index ?? plain.length).replace(/[\]`]/g, '');
  if (isIdList(list, PACKAGE_ID)) return { form: 'list', ids: idsIn(list, PACKAGE_ID).map(({ id }) => id) };
  const [first] = printedIds(list, PACKAGE_ID);
  return first?.at === 0 ? { form: 'list', ids: leading(list) } : { form: 'prose' };
}

/** `Depends on WP01` after a label says no more than `WP01`. */
function withoutVerb(text: string): string {
  const normal = text.normalize('NFKC').replace(/^[*_\s]+/, '');
  const rest = normal.slice(leadingKeyword(normal.toLowerCase(), 'dependsOn')).replace(/^[*_\s:]+/, '');
  return /^[[`]?WP\d/.test(rest) ? rest : text;
}

/** `WP01, WP02 are needed for …`: the ids that the text begins with. */
function leading(list: string): string[] {
  const head = /^WP\d{2,3}(?:(?:\s*[,&+/、，]\s*|\s+and\s+)WP\d{2,3})*/.exec(list)?.[0] ?? '';
  return idsIn(head, PACKAGE_ID).map(({ id }) => id);
}
