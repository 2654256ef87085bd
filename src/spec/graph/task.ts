import type { JsonValue } from '../../base/json.ts';
import type { Need, SourceSpan, Task, TaskKind, TaskPriority } from '../model.ts';

const MILESTONES = ['Foundation', 'Contracts', 'Components', 'Integrations', 'Work', 'Package', 'Gate'] as const;
type Milestone = (typeof MILESTONES)[number];

/** What differs from kind to kind; the rest of a task follows from it. */
interface Sketch {
  id: string;
  title: string;
  source: SourceSpan;
  needs?: Need[];
  writes?: string[];
  requirements?: string[];
  fragment: JsonValue;
  priority?: TaskPriority;
}

interface KindInfo {
  milestone: Milestone;
  profile: 'author' | 'tester' | 'releaser';
  ability: Task['ability'];
  priority: TaskPriority;
}

const KINDS: Record<Exclude<TaskKind, 'verification'>, KindInfo> = {
  scaffold: { milestone: 'Foundation', profile: 'author', ability: 'contract-compiler', priority: 'P0' },
  contract: { milestone: 'Contracts', profile: 'author', ability: 'contract-compiler', priority: 'P0' },
  component: { milestone: 'Components', profile: 'author', ability: 'contract-compiler', priority: 'P1' },
  integration: { milestone: 'Integrations', profile: 'author', ability: 'contract-compiler', priority: 'P2' },
  work: { milestone: 'Work', profile: 'author', ability: 'model', priority: 'P1' },
  assemble: { milestone: 'Package', profile: 'author', ability: 'contract-compiler', priority: 'P1' },
  gate: { milestone: 'Gate', profile: 'releaser', ability: 'gate', priority: 'P1' },
};

export function newTask(kind: Exclude<TaskKind, 'verification'>, sketch: Sketch): Task {
  const { id, title, source, needs = [], writes = [], requirements = [], fragment } = sketch;
  const { milestone, profile, ability, priority } = KINDS[kind];
  // Written out: what is spread together takes half as much room again, and there are a hundred thousand.
  return {
    kind,
    optional: false,
    needs,
    writes,
    requirements,
    milestone,
    profile,
    ability,
    priority: sketch.priority ?? priority,
    id,
    title,
    source,
    fragment,
  };
}

/** The check of one task. It needs what its task needs too (`needs`), so that what it looks at is whole. */
export function newVerification(of: Task, needs: readonly Need[], name: { id: string; title: string } = of): Task {
  return {
    kind: 'verification',
    id: `verify:${name.id}`,
    title: `Verify ${name.title.charAt(0).toLowerCase()}${name.title.slice(1)}`,
    optional: of.optional,
    milestone: of.milestone,
    priority: of.priority,
    // Not spread: an array that grows keeps room for sixteen more.
    needs: [{ task: of.id, kind: 'structural', because: 'checks what it left behind' } as Need].concat(needs),
    writes: [],
    requirements: of.requirements,
    profile: 'tester',
    ability: 'qa',
    fragment: { verifies: of.id },
    source: of.source,
  };
}

/** `contract:mission-prompt` is `mission-prompt`. */
export function slugOf(id: string): string {
  return id.slice(id.indexOf(':') + 1);
}

export const SCAFFOLD = 'scaffold';

export const ASSEMBLE = 'assemble';

/** What the check of the source's own tasks says it verifies. */
export const WORK = 'work';

/** Every file stands in the package that the scaffold lays out. */
export function scaffoldNeed(): Need {
  return SCAFFOLD_NEED;
}

const SCAFFOLD_NEED: Need = Object.freeze({
  task: SCAFFOLD,
  kind: 'structural',
  because: 'every file needs the package around it',
});
