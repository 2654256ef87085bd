import { sha256 } from '../../../../base/digest.ts';
import { isJsonObject, type JsonValue } from '../../../../base/json.ts';
import { counted, grouped } from '../../../../base/text.ts';
import type { Tree } from '../../../vault/artifact.ts';
import type { Brief } from '../../agent.ts';

/** Something that is remembered, and how far its origin is trusted. */
export interface Remembered {
  text: string;
  /** Who said so, for the agent: `mission 01…, task T004`. */
  source: string;
  trusted: boolean;
}

interface BriefParts {
  template: string;
  /** What it will find. */
  tree: Tree;
  /** Globs of what it may leave changed; undefined where the task itself says what it is about. */
  writes: readonly string[] | undefined;
  memory: readonly Remembered[];
  /** Tokens that the text may have, by estimate. */
  tokens?: number;
}

const DEFAULT_TOKENS = 16_000;

/** Bytes of one token, by a cautious rule of thumb: only whoever runs a model knows its tokens. */
const TOKEN = 3;

/** How much of the whole each part may take, in hundredths; what one leaves is the next one's. The order is that of importance. */
const SHARES = { specification: 50, feedback: 20, memory: 10, files: 20 } as const;

/**
 * What an agent is told, as Markdown: the same brief and template, the same bytes. What somebody else has written stands in blocks marked `data`
 * whose marks it cannot have known.
 */
export function briefText({ task, needs, feedback }: Brief, parts: BriefParts): string {
  const { template, tree, writes, memory, tokens = DEFAULT_TOKENS } = parts;
  const budget = new Allowance(Math.max(0, tokens * TOKEN - Buffer.byteLength(template)));
  const filled: Record<string, string> = {
    title: oneLine(task.title),
    kind: task.kind,
    writes: writesText(writes),
    specification: data('specification', budget.take(SHARES.specification, fragmentText(task.fragment))),
    feedback: feedback === undefined ? '' : `## The last attempt\n\n${data('verdict', budget.take(SHARES.feedback, feedback))}`,
    memory:
      memory.length === 0 ? '' : `## What is remembered\n\n${remembered(budget.take(SHARES.memory, memoryText(memory)), memory)}`,
    files: fileList(tree, { needs, budget }),
  };
  const text = template.replaceAll(/\{\{(\w+)\}\}/g, (place, name: string) => filled[name] ?? place);
  return `${text.replaceAll(/\n{3,}/g, '\n\n').trim()}\n`;
}

/** Bytes that are left. */
class Allowance {
  readonly #whole: number;
  #spare = 0;

  constructor(whole: number) {
    this.#whole = whole;
  }

  room(share: number): number {
    return Math.floor((this.#whole * share) / 100) + this.#spare;
  }

  /** As much of the text as its share allows, whole lines where it can be. */
  take(share: number, text: string): string {
    const room = this.room(share);
    const bytes = Buffer.from(text);
    this.#spare = Math.max(0, room - bytes.length);
    if (bytes.length <= room) return text;
    const kept = bytes
      .subarray(0, room)
      .toString('utf8')
      .replace(/\uFFFD$/, '');
    const end = kept.lastIndexOf('\n');
    return `${end > kept.length / 2 ? kept.slice(0, end) : kept}\n… (${grouped(bytes.length - room)} more bytes were left out)`;
  }
}

/** Work that a source lists in its own words; everything else as it is kept. */
function fragmentText(fragment: JsonValue): string {
  if (!isJsonObject(fragment) || typeof fragment['text'] !== 'string') return JSON.stringify(fragment, null, 2);
  const { text, ...more } = fragment;
  return Object.keys(more).length === 0 ? text : `${text}\n\n${JSON.stringify(more, null, 2)}`;
}

const memoryText = (memory: readonly Remembered[]): string =>
  memory
    .map(({ text, source, trusted }) => `- ${trusted ? '' : '(not verified) '}${oneLine(text)} — ${oneLine(source)}`)
    .join('\n');

/** Our own words need no mark; those of others do, and one of them is enough. */
function remembered(text: string, memory: readonly Remembered[]): string {
  return memory.every(({ trusted }) => trusted) ? text : data('memory', text);
}

function fileList(tree: Tree, { needs, budget }: { needs: Brief['needs']; budget: Allowance }): string {
  if (tree.length === 0) return 'The folder is empty.';
  const from = new Map([...needs].flatMap(([task, files]) => files.map(({ path }) => [path, task] as const)));
  const lines = tree.map(({ path, size }) => {
    const task = from.get(path);
    return `${path} (${grouped(size)} bytes${task === undefined ? '' : `, from ${task}`})`;
  });
  // What this task builds on directly is what it most likely needs.
  const ordered = [...lines.filter((line) => line.includes(', from ')), ...lines.filter((line) => !line.includes(', from '))];
  return `${counted(tree.length, 'file')}:\n\n${data('files', budget.take(SHARES.files, ordered.join('\n')))}`;
}

/** A block that ends where we say: its mark is made from its own text, so that no text can hold it. */
function data(from: string, text: string): string {
  const mark = sha256(text).slice('sha256:'.length, 'sha256:'.length + 12);
  return `<data from="${from}" mark="${mark}">\n${text}\n</data mark="${mark}">`;
}

function writesText(writes: readonly string[] | undefined): string {
  if (writes === undefined) return 'what the task is about';
  return writes.length === 0 ? 'nothing' : writes.map((glob) => `\`${oneLine(glob)}\``).join(', ');
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
