import type { RequirementDraft, WorkDraft } from '../../work/work-draft.ts';

/** The requirements of one delta. */
export interface DeltaRequirements {
  capability: string;
  requirements: readonly RequirementDraft[];
}

/** Who writes down what is demanded has not fulfilled it. */
const SPECIFIES =
  /\bdeltas?\b|(?:\b(?:add|update|write|create|draft|author|sync|archive|validate|review)|更新|增加|添加|编写|補充|补充|作成).{0,80}\b(?:specs?|specification|spec\.md)\b|openspec (?:validate|archive)/;

/** Shorter names are words that stand in any text. */
const MIN_NAME = 8;

/**
 * Tasks with the requirements that they name: a requirement or scenario by its full name, or a capability by its id, which means
 * all that the change demands of it. What a task does not say is not guessed at.
 */
export function withCovers(tasks: readonly WorkDraft[], deltas: readonly DeltaRequirements[]): WorkDraft[] {
  if (deltas.length === 0) return [...tasks];
  const names = new NameIndex(deltas.flatMap(({ requirements }) => requirements));
  const capabilities = deltas.map(({ capability, requirements }) => ({
    pattern: capabilityPattern(capability),
    keys: requirements.filter(({ requirementKind }) => requirementKind === 'functional').map(({ key }) => key),
  }));
  return tasks.map((task) => {
    if (SPECIFIES.test(words(task.text))) return task;
    const text = words([task.text, task.details ?? '', task.section].join('\n'));
    const whole = capabilities.filter(({ pattern }) => pattern?.test(text) === true).flatMap(({ keys }) => keys);
    const keys = [...new Set([...names.namedIn(text), ...whole])];
    return keys.length === 0 ? task : { ...task, covers: keys.map((key) => ({ key })) };
  });
}

const HEAD = 4;

/** Finds names in a text in one pass over it, however many names there are and however alike they begin. */
class NameIndex {
  /** Lengths of names, by the characters they begin with. */
  readonly #lengths = new Map<string, Set<number>>();
  readonly #keys = new Map<string, string[]>();

  constructor(requirements: readonly RequirementDraft[]) {
    for (const { key, sourceId, name } of requirements) {
      const text = words(sourceId ?? name);
      if (text.length < MIN_NAME && !/[^\p{ASCII}]{4}/u.test(text)) continue;
      const head = text.slice(0, HEAD);
      this.#lengths.set(head, (this.#lengths.get(head) ?? new Set()).add(text.length));
      const keys = this.#keys.get(text) ?? [];
      keys.push(key);
      this.#keys.set(text, keys);
    }
  }

  namedIn(text: string): string[] {
    const found: string[] = [];
    for (let at = 0; at + HEAD <= text.length; at++) {
      for (const length of this.#lengths.get(text.slice(at, at + HEAD)) ?? []) {
        const keys = this.#keys.get(text.slice(at, at + length));
        if (keys !== undefined && !isInWord(text, at, at + length)) for (const key of keys) found.push(key);
      }
    }
    return found;
  }
}

/** Whether a stretch of text begins or ends inside of a word, its plural aside; scripts that do not part words have no such thing. */
function isInWord(text: string, from: number, to: number): boolean {
  const beginsInside = /^[a-z0-9]{2}/.test(text.slice(from - 1, from + 1)) && from > 0;
  const endsInside = /^[a-z0-9](?!e?s(?![a-z0-9]))[a-z0-9]/.test(text.slice(to - 1, to + 3));
  return beginsInside || endsInside;
}

/** The id of a capability is made of words that texts use anyway; it must stand in code, or as a path. */
function capabilityPattern(capability: string): RegExp | undefined {
  if (capability === '') return undefined;
  const escaped = words(capability).replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`\`${escaped}\`|specs/${escaped}(?![\\p{L}\\p{N}_-])`, 'u');
}

function words(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}
