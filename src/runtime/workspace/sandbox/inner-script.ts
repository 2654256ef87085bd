import type { Limits } from './sandbox.ts';

/** Kept by bash itself: assigning to them is an error. They say nothing that a process needs from outside. */
const OWN_TO_BASH = new Set(['BASHOPTS', 'BASH_VERSINFO', 'EUID', 'PPID', 'SHELLOPTS', 'UID']);

/** What one process may reserve beyond the memory that all may use: Node and its like map far more than they touch. */
const RESERVE_BYTES = 4 * 2 ** 30;

/**
 * What is run inside the walls: it sets the limits, puts up the environment, and becomes the program. Words and values travel as numbered
 * variables: no quoting could fail, nothing of them is in a command line that others may read, and outside of the walls no name is set that
 * bash, bubblewrap or the linker would obey. Where it is to be `announced`, a line on file descriptor 3 says that nothing is left to do, and one from
 * there lets it go on; what came on 4 is the program's 3.
 */
export function innerScript(
  argv: readonly string[],
  { env, limits, records, announced = false }: InnerCircumstances,
): { script: string; carried: Record<string, string> } {
  const carried: Record<string, string> = {};
  const carry = (value: string) => {
    const name = `AGENTNEXUS_${Object.keys(carried).length}`;
    carried[name] = value;
    return name;
  };
  const words = argv.map((word) => `"$${carry(word)}"`);
  const set = Object.entries(env)
    .filter(([name]) => /^[A-Za-z_]\w*$/.test(name) && !OWN_TO_BASH.has(name))
    .map(([name, value]) => `export ${name}="$${carry(value)}"`);
  const script = [
    // Whatever else was left open on the way here leads out of the walls.
    `for fd in /proc/self/fd/*; do fd=\${fd##*/}; if [ "$fd" -gt 4 ]; then exec {fd}>&-; fi; done`,
    'unset fd',
    // Whoever must go when memory is short: this one.
    '{ echo 1000 > /proc/self/oom_score_adj; } 2>/dev/null',
    ...ulimits(limits),
    `set -- ${words.join(' ')}`,
    ...DROPPED.map((name) => `unset ${name}`),
    ...set,
    `unset ${Object.keys(carried).join(' ')}`,
    ...(announced ? ['echo >&3', 'read -r <&3 || exit 125', 'unset REPLY'] : []),
    `exec ${records ? '3>&4' : '3>&-'} 4>&-`,
    'exec -- "$@"',
  ].join('\n');
  return { script, carried };
}

/** Set by srt for the sake of others; they say what is none of the process's business, or would lead it into a wall. */
const DROPPED = [
  'CLAUDE_CODE_HOST_HTTP_PROXY_PORT',
  'CLAUDE_CODE_HOST_SOCKS_PROXY_PORT',
  'SRT_ALLOW_NESTED_USERNS',
  'SRT_ENCODED_CMD',
  'OLDPWD',
];

interface InnerCircumstances {
  env: Readonly<Record<string, string>>;
  limits: ShellLimits;
  records: boolean;
  announced?: boolean;
}

type ShellLimits = Pick<Limits, 'memoryBytes' | 'fileBytes'> & { processes: number | undefined };

/** Hard limits, which nobody can raise again. The address space is none of them: V8 and others reserve it by the terabyte. */
function ulimits({ processes, memoryBytes, fileBytes }: ShellLimits): string[] {
  const kib = (bytes: number) => Math.ceil(bytes / 1024);
  return [
    'ulimit -c 0 || exit 125',
    ...(processes === undefined ? [] : [`ulimit -u ${processes} || exit 125`]),
    `ulimit -f ${kib(fileBytes)} || exit 125`,
    `ulimit -d ${kib(memoryBytes + RESERVE_BYTES)} || exit 125`,
  ];
}
