import type { Task } from '../../../src/spec/model.ts';

/** A task with everything it must have, and what a test cares about. */
export function aTask(id: string, fields: Partial<Task> = {}): Task {
  return {
    id,
    title: id,
    kind: 'contract',
    optional: false,
    milestone: 'Contracts',
    priority: 'P1',
    needs: [],
    writes: ['**'],
    requirements: [],
    profile: 'author',
    ability: 'contract-compiler',
    fragment: { name: id },
    source: { file: 'spec.md', line: 1, column: 1, endLine: 1 },
    ...fields,
  };
}
