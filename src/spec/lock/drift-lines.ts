import type { Drift, FieldChange, LockedEdge, TaskName } from './compare-locks.ts';

/** A drift as a diff that people read: `+` is new, `-` is gone, `~` is another. */
export function driftLines({ tasks, edges }: Drift): string[] {
  return [
    ...tasks.added.map((task) => `+ task ${name(task)}`),
    ...tasks.removed.map((task) => `- task ${name(task)}`),
    ...tasks.changed.flatMap((task) => task.fields.map((field) => `~ task ${task.id}: ${changed(field)}`)),
    ...edges.added.map((edge) => `+ edge ${arrow(edge)}`),
    ...edges.removed.map((edge) => `- edge ${arrow(edge)}`),
  ];
}

function name({ id, title }: TaskName): string {
  return title === id ? id : `${id} (${title})`;
}

function changed({ field, before, after }: FieldChange): string {
  if (field === 'fragment') return 'what it is made from has changed';
  return `${field} ${before === '' ? 'nothing' : before} -> ${after === '' ? 'nothing' : after}`;
}

function arrow({ from, to, kind, because }: LockedEdge): string {
  return `${from} needs ${to} (${kind}: ${because})`;
}
