import { pathGlob } from '../../spec/levels/path-glob.ts';
import type { Action, Decision } from './action.ts';
import type { AskKind, Bounds, CommandRule } from './capability-profile.ts';
import { type Grant, layersOf } from './grant.ts';
import { hostRuleAllows } from './host-rule.ts';
import { wordGlob } from './word-glob.ts';
import { workspacePath } from './workspace-path.ts';

/** The rule of one profile that allows an action, empty where it says nothing of such; `never` for what no rule and no person can allow. */
type Ruling = { rule: string } | { never: string } | Silence;
type Silence = undefined;

const SILENT: Silence = undefined;
const UNBOUND: Ruling = { rule: '' };

/**
 * May this happen? Pure, and no unless every profile of the grant has a rule for it. `ask` only where each profile that has none says that a person
 * may be asked about actions of that kind.
 */
export function decide(granted: Bounds | Grant, action: Action): Decision {
  const rulings = layersOf(granted).map((profile) => ({ profile, ruling: rulingOf(profile, action) }));
  for (const { ruling } of rulings)
    if (ruling !== undefined && 'never' in ruling) return { verdict: 'deny', rule: `never: ${ruling.never}` };
  const silent = rulings.filter(({ ruling }) => ruling === undefined).map(({ profile }) => profile);
  const [first] = silent;
  if (first === undefined)
    return {
      verdict: 'allow',
      rule: rulings.flatMap(({ ruling }) => (ruling && 'rule' in ruling ? ruling.rule || [] : [])).join('; '),
    };
  const refusing = silent.find(({ ask = [] }) => !ask.includes(askKind(action)));
  if (refusing !== undefined) return { verdict: 'deny', rule: `${refusing.name} names nothing that allows it` };
  return { verdict: 'ask', rule: `${first.name} asks about ${askKind(action)}` };
}

function rulingOf(profile: Bounds, action: Action): Ruling {
  switch (action.kind) {
    case 'read':
    case 'write':
      return pathRuling(profile[action.kind], action);
    case 'run':
      return runRuling(profile.run, action.argv);
    case 'connect':
      return ruled('hosts', profile.hosts, (rule) => hostRuleAllows(rule, action.host, action.port));
    case 'env':
      return ruled('env', profile.env, (name) => name === action.name);
    case 'secret':
      return ruled('secrets', profile.secrets, (name) => name === action.name);
    case 'remember':
      return ruled('memory.write', profile.memory?.write, (scope) => wordGlob(scope)(action.scope));
    case 'recall':
      return ruled('memory.read', profile.memory?.read, (scope) => wordGlob(scope)(action.scope));
    case 'spend':
      if (profile.energy === undefined) return UNBOUND;
      return action.energy >= 0 && action.energy <= profile.energy ? { rule: `energy: ${profile.energy}` } : SILENT;
    default:
      return SILENT;
  }
}

function pathRuling(globs: readonly string[] | undefined, { kind, path: raw }: { kind: 'read' | 'write'; path: string }): Ruling {
  const read = workspacePath(raw);
  if ('fault' in read) return { never: read.fault };
  // Rules are anchored at the root: `*.md` is no file of a folder.
  return ruled(kind, globs, (glob) => pathGlob(`/${glob.normalize('NFC')}`)(read.path));
}

/**
 * A rule names the program as it is written, without a folder: what `/usr/bin/npm` or `./npm` is, depends on who wrote there, so no rule is
 * about it. `sh -c`, `env X=Y`, `npx` are programs like others: who may run `npm test` may not run them.
 */
function runRuling(rules: readonly CommandRule[] | undefined, argv: readonly string[]): Ruling {
  if (argv.some((word) => word.includes('\0') || !word.isWellFormed())) return { never: 'no command' };
  const found = rules?.find(
    (rule) => argv.length >= rule.length && rule.every((pattern, at) => wordMatches(pattern, argv[at] ?? '', at)),
  );
  return ruled('run', rules && [found?.join(' ')], (rule) => rule !== undefined);
}

function wordMatches(pattern: string, word: string, at: number): boolean {
  // A glob is for arguments; the program is said outright.
  return at === 0 ? pattern === word && !/[/\\]/.test(word) : wordGlob(pattern)(word);
}

function ruled<T extends string | undefined>(
  kind: string,
  rules: readonly T[] | undefined,
  allows: (rule: T) => boolean,
): Ruling {
  if (rules === undefined) return UNBOUND;
  const rule = rules.find(allows);
  return rule === undefined ? SILENT : { rule: `${kind}: ${rule}` };
}

function askKind({ kind }: Action): AskKind {
  return kind;
}
