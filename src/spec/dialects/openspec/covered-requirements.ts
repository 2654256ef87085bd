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
  const names = deltas.flatMap(({ requirements }) =>
    requirements.flatMap(({ key, name, sourceId }) => nameOf(sourceId ?? name).map((text) => ({ text, key }))),
  );
  const capabilities = deltas.map(({ capability, requirements }) => ({
    pattern: capabilityPattern(capability),
    keys: requirements.filter(({ requirementKind }) => requirementKind === 'functional').map(({ key }) => key),
  }));
  return tasks.map((task) => {
    const text = words([task.text, task.details ?? ''].join('\n'));
    if (SPECIFIES.test(words(task.text))) return task;
    const inGroup = words(task.section);
    const named = names.filter((each) => text.includes(each.text)).map(({ key }) => key);
    const whole = capabilities.filter(({ pattern }) => pattern?.test(text) === true || pattern?.test(inGroup) === true).flatMap(({ keys }) => keys);
    const keys = [...new Set([...named, ...whole])];
    return keys.length === 0 ? task : { ...task, covers: keys.map((key) => ({ key })) };
  });
}

function nameOf(name: string): string[] {
  const text = words(name);
  return text.length >= MIN_NAME || /[^\p{ASCII}]{4}/u.test(text) ? [text] : [];
}

/** A capability of one word is a word; it must stand in code, or as a path. */
function capabilityPattern(capability: string): RegExp | undefined {
  if (capability === '') return undefined;
  const escaped = words(capability).replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const bare = capability.includes('-') ? String.raw`|(?<![\p{L}\p{N}/._-])${escaped}(?![\p{L}\p{N}/_-]|\.\w)` : '';
  return new RegExp(`\`${escaped}\`|specs/${escaped}(?![\\p{L}\\p{N}_-])${bare}`, 'u');
}

function words(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}
