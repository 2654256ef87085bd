import { hexOf } from '../../../base/digest.ts';
import { slug } from '../../../base/text.ts';
import { checkEntry, entryId, type MemoryEntry, type NewEntry, type Provenance, type Trust } from './entry.ts';

/** What a file says. Its trust is a claim: only the log can vouch for it. */
export type FiledEntry = NewEntry & { at: string; trust: Trust };

/** Bytes of a file, at most: the longest text, and what stands above it. */
export const MAX_FILE = 128 * 1024;

const FIELDS = ['kind', 'agent', 'person', 'mission', 'task', 'attempt', 'trust', 'at'] as const;
type Field = (typeof FIELDS)[number];

/** When an entry whose file gives no time was made. */
const SOME_TIME = '1970-01-01T00:00:00.000Z';

/** Path below the folder of the memory. Two people who add two things write two files, which git merges without being asked. */
export function entryPath(entry: NewEntry): string {
  const words = slug(entry.text.slice(0, 200))
    .replace(/[^a-z0-9-]/g, '')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  const id = hexOf(entryId(entry)).slice(0, 12);
  return `${entry.scope}/${words === '' ? id : `${words}-${id}`}.md`;
}

/** YAML front matter over the text; the folder says the scope. */
export function writeEntryFile({ kind, agent, provenance, trust, at, text }: Omit<MemoryEntry, 'id' | 'sha256'>): string {
  const values: Record<Field, string | number | undefined> = { ...emptyFields(), kind, agent, ...provenance, trust, at };
  const lines = FIELDS.flatMap((field) => (values[field] === undefined ? [] : [`${field}: ${scalar(String(values[field]))}\n`]));
  return `---\n${lines.join('')}---\n\n${text}\n`;
}

function emptyFields(): Record<Field, undefined> {
  return Object.fromEntries(FIELDS.map((field) => [field, undefined])) as Record<Field, undefined>;
}

/** A YAML scalar: plain where that is sure to be text or what it looks like, else as JSON writes it, which is YAML too. */
function scalar(value: string): string {
  return /^[A-Za-z0-9][\w./@+-]*$/.test(value) || /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? value : JSON.stringify(value);
}

/**
 * Reads a file of the memory, as we or a person have written it. Total: whatever is wrong is a `fault`, in words. Fields that are not known are passed over;
 * lines are read one by one, so that a folder of 100,000 files is read in seconds.
 */
export function readEntryFile(text: string, scope: string): FiledEntry | { fault: string } {
  if (/^(?:<{7}|>{7}) /m.test(text)) return { fault: 'it is in the middle of a merge' };
  const { fields, body } = split(text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n'));
  const at = fields.get('at') ?? SOME_TIME;
  if (Number.isNaN(Date.parse(at))) return { fault: `\`at: ${at}\` is no time` };
  const agent = fields.get('agent');
  try {
    const entry = checkEntry({
      scope,
      kind: fields.get('kind') ?? 'note',
      text: body,
      ...(agent === undefined ? {} : { agent }),
      provenance: provenanceIn(fields),
    });
    const trust = fields.get('trust') === 'untrusted' ? 'untrusted' : 'trusted';
    return { ...entry, trust, at: new Date(at).toISOString() };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

function split(text: string): { fields: ReadonlyMap<string, string>; body: string } {
  const [, head, body] = /^---[^\S\n]*\n([\s\S]*?)^---[^\S\n]*(?:\n|$)([\s\S]*)$/m.exec(text) ?? [];
  if (!text.startsWith('---') || head === undefined || body === undefined) return { fields: new Map(), body: text };
  const fields = new Map<string, string>();
  for (const line of head.split('\n')) {
    const [, key, value] = /^(\w+):[^\S\n]+(.*\S)[^\S\n]*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) fields.set(key, unquoted(value));
  }
  return { fields, body };
}

function unquoted(value: string): string {
  if (/^'.*'$/.test(value)) return value.slice(1, -1).replaceAll("''", "'");
  if (!value.startsWith('"')) return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'string' ? parsed : value;
  } catch {
    return value;
  }
}

function provenanceIn(fields: ReadonlyMap<string, string>): Provenance {
  const provenance: Provenance = {};
  for (const key of ['person', 'mission', 'task'] as const) {
    const value = fields.get(key);
    if (value !== undefined) provenance[key] = value.slice(0, 200);
  }
  const attempt = fields.get('attempt') ?? '';
  if (/^\d{1,6}$/.test(attempt)) provenance.attempt = Number(attempt);
  return provenance;
}
