import { counted } from '../../base/text.ts';
import type { MergedSpec, MergeView } from '../../runtime/app/views.ts';
import { oneLine } from '../printable.ts';
import type { Screen } from '../screen.ts';

type Paint = Screen['paint'];

/** What becomes of each living spec, as a list of requirements and as a diff; then where the changes went, and what is left. */
export function renderMerge(view: MergeView, { paint }: Screen): string {
  const specs = view.specs.map((spec) => renderSpec(spec, paint)).join('\n');
  const notes = view.notes.map(({ change, file, line, message }) => `note: ${change} (${file}:${line}): ${oneLine(message)}\n`);
  return [specs, specs === '' ? '' : '\n', notes.join(''), renderChanges(view, paint), renderRest(view)].join('');
}

const SIGNS = { added: '+', modified: '~', removed: '-', renamed: '→' } as const;

function renderSpec({ file, capability, state, requirements, diff }: MergedSpec, paint: Paint): string {
  const listed = requirements.map(({ operation, name, from, change }) => {
    const shown = from === undefined ? oneLine(name) : `${oneLine(from)} → ${oneLine(name)}`;
    return `  ${SIGNS[operation]} ${operation} ${shown} ${paint.dim(`(${change})`)}\n`;
  });
  const lines = diff.map((line) => (line.trim() === '' ? '\n' : `    ${painted(line, paint)}\n`));
  return `${paint.bold(capability)}: ${state}, ${file}\n${listed.join('')}${lines.join('')}`;
}

function painted(line: string, paint: Paint): string {
  const paints: Record<string, (text: string) => string> = { '+': paint.green, '-': paint.red, '@': paint.cyan };
  return (paints[line.charAt(0)] ?? ((text) => text))(line);
}

function renderChanges({ changes, dryRun }: MergeView, paint: Paint): string {
  const [done, verb] = dryRun ? ['Would merge', 'would go'] : ['Merged', 'went'];
  if (changes.length === 0) return 'Nothing to merge: no open change has all of its tasks done.\n';
  const lines = changes.map(({ name, archive, tasks: { total, done: closed } }) => {
    const open = total === closed ? '' : paint.yellow(` (${counted(total - closed, 'task')} not done)`);
    return `  ${name}${open} ${verb} to ${archive}\n`;
  });
  return `${paint.green(`${done} ${counted(changes.length, 'change')}`)}:\n${lines.join('')}`;
}

function renderRest({ passedOver }: MergeView): string {
  if (passedOver.length === 0) return '';
  return `Left as ${passedOver.length === 1 ? 'it is' : 'they are'}:\n${passedOver.map(({ folder, reason }) => `  ${folder}: ${reason}\n`).join('')}`;
}
