import type { Finding } from '../report.ts';
import { isSnapshot } from './test-paths.ts';
import { changedPaths, type Trees } from './trees.ts';

/** Values that tests are held against, in files of their own: those that were there and say something else now. New ones are new tests. */
export function findEditedSnapshots(trees: Trees): Finding[] {
  return changedPaths(trees).flatMap((path): Finding[] => {
    const before = trees.before.get(path);
    if (before === undefined || !isSnapshot(path)) return [];
    const after = trees.after.get(path) ?? '';
    const [old, now] = [entriesOf(path, before), entriesOf(path, after)];
    return [...old].flatMap(([name, { text }]): Finding[] => {
      const found = now.get(name);
      // One that is gone went with its test, or its test will say so.
      if (found === undefined || found.text === text) return [];
      const message = name === '' ? 'This snapshot is another than before.' : `The snapshot \`${name}\` is another than before.`;
      return [
        {
          code: 'QA_SNAPSHOT_EDITED',
          path,
          line: found.line,
          message: `${message} A person must say that the new one is right.`,
        },
      ];
    });
  });
}

/** By name; one of Jest, Vitest or syrupy holds many, any other file is one. */
function entriesOf(path: string, text: string): Map<string, { text: string; line: number }> {
  const pattern = path.endsWith('.ambr')
    ? /^# name: (.+)\n([\s\S]*?)^# ---/gm
    : /^exports\[`((?:[^`\\]|\\.)*)`\] = ([\s\S]*?`);$/gm;
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) return new Map([['', { text, line: 1 }]]);
  return new Map(
    found.map((match) => [match[1] ?? '', { text: match[2] ?? '', line: text.slice(0, match.index).split('\n').length }]),
  );
}
