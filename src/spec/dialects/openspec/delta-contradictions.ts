import type { DeltaSpec } from './delta-spec.ts';
import { foldedName } from './spec-outline.ts';

/** Why a delta cannot be merged, or what was passed over in merging it. */
export interface MergeFinding {
  message: string;
  /** Line of the delta, from 1. */
  line: number;
  requirement?: string;
  /** A modified requirement leaves scenarios out that the living spec has. */
  losesScenarios?: true;
}

/** What a delta says that cannot all hold, whatever the living spec says. */
export function selfContradictions(delta: DeltaSpec): MergeFinding[] {
  const { added, modified, removed, renamed, unpaired } = delta;
  const found = [
    ...repeated('added', added),
    ...repeated('modified', modified),
    ...repeated('removed', removed),
    ...repeated(
      'renamed',
      renamed.map(({ from, line }) => ({ name: from, line })),
    ),
    ...repeated(
      'given as a new name',
      renamed.map(({ to, line }) => ({ name: to, line })),
    ),
  ];
  for (const { side, name, line } of unpaired) {
    const message = `\`${side}: ${name}\` has no \`${side === 'FROM' ? 'TO' : 'FROM'}:\` beside it.`;
    found.push({ line, requirement: name, message });
  }
  const [adds, changes, removes] = [group('added', added), group('modified', modified), group('removed', removed)];
  return [...found, ...both(adds, changes), ...both(removes, changes), ...both(removes, adds), ...renameClashes(delta)];
}

interface Named {
  name: string;
  line: number;
}

function repeated(how: string, names: readonly Named[]): MergeFinding[] {
  const seen = new Set<string>();
  return names.flatMap(({ name, line }) => {
    const again = seen.has(name);
    seen.add(name);
    return again ? [{ line, requirement: name, message: `\`${name}\` is ${how} twice.` }] : [];
  });
}

interface Group {
  how: string;
  names: readonly Named[];
}

function group(how: string, names: readonly Named[]): Group {
  return { how, names };
}

function both(first: Group, second: Group): MergeFinding[] {
  const known = new Set(first.names.map(({ name }) => name));
  return second.names.flatMap(({ name, line }) =>
    known.has(name) ? [{ line, requirement: name, message: `\`${name}\` is both ${first.how} and ${second.how}.` }] : [],
  );
}

function renameClashes({ added, modified, removed, renamed }: DeltaSpec): MergeFinding[] {
  const addedNames = new Set(added.map(({ name }) => name));
  const modifiedNames = new Set(modified.map(({ name }) => name));
  const removedNames = new Set(removed.map(({ name }) => foldedName(name)));
  return renamed.flatMap(({ from, to, line }) => {
    const found: MergeFinding[] = [];
    if (removedNames.has(foldedName(from)))
      found.push({ line, requirement: from, message: `\`${from}\` is both renamed and removed.` });
    if (modifiedNames.has(from)) {
      found.push({
        line,
        requirement: from,
        message: `\`${from}\` is renamed, so it must be modified under its new name, \`${to}\`.`,
      });
    }
    if (addedNames.has(to))
      found.push({ line, requirement: to, message: `\`${to}\` is both added and the new name of \`${from}\`.` });
    return found;
  });
}
