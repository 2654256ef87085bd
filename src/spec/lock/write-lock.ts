import { type GraphLock, LOCK_VERSION, type LockedNeed, type LockedTask } from './graph-lock.ts';

const HEAD = [
  '# The task graph that was accepted. `spec-kit plan BUNDLE --lock` writes it, `--locked` refuses another one.',
  '# Review it like code, and commit it. After a merge conflict, settle the specification and write it again.',
];

/**
 * A lock as YAML: a block for each task, a line for each fact, in the order of the ids, so that two branches which change two
 * tasks merge by themselves. The same graph gives the same bytes.
 */
export function lockText({ specification, dialect, tasks }: GraphLock): string {
  const head = [
    ...HEAD,
    `lockVersion: ${LOCK_VERSION}`,
    `specification: ${scalar(specification)}`,
    `dialect: ${scalar(dialect)}`,
  ];
  const body = tasks.length === 0 ? ['tasks: {}'] : ['tasks:', ...tasks.flatMap(taskLines)];
  return `${[...head, ...body].join('\n')}\n`;
}

function taskLines(task: LockedTask): string[] {
  const { sourceId, title, kind, optional, milestone, priority, profile, fragment, writes, requirements, controls, needs } = task;
  const facts = [
    ...(sourceId === undefined ? [] : [`sourceId: ${quoted(sourceId)}`]),
    `title: ${quoted(title)}`,
    `kind: ${kind}`,
    ...(optional ? ['optional: true'] : []),
    `milestone: ${quoted(milestone)}`,
    `priority: ${priority}`,
    `profile: ${scalar(profile)}`,
    `fragment: ${fragment}`,
    ...listLines('writes', writes.map(quoted)),
    ...listLines('requirements', requirements.map(quoted)),
    ...listLines('controls', (controls ?? []).map(quoted)),
    ...listLines('needs', needs.map(needText)),
  ];
  return [`  ${scalar(task.id)}:`, ...facts.map((line) => `    ${line}`)];
}

function needText({ task, kind, because }: LockedNeed): string {
  return `{ task: ${quoted(task)}, kind: ${kind}, because: ${quoted(because)} }`;
}

function listLines(key: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`${key}:`, ...items.map((item) => `  - ${item}`)];
}

/** Words that mean nothing else in YAML stay bare; a colon inside of them is no mapping, for no blank follows it. */
const BARE = /^[a-z](?:[\w.:/-]*\w)?$/;
const MEANT_OTHERWISE = new Set(['true', 'false', 'null', 'yes', 'no', 'on', 'off', 'y', 'n']);

function scalar(text: string): string {
  return BARE.test(text) && !MEANT_OTHERWISE.has(text) ? text : quoted(text);
}

/** JSON is YAML 1.2; what JSON leaves bare and YAML does not print (C1 controls, line separators, the byte order mark) is escaped. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u{7F}-\u{9F}\u{2028}\u{2029}\u{FEFF}\u{FFFE}\u{FFFF}]/gu,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
