/** Flags of `apply` that say how it is shown, or that this process is not to do it. */
const OWN: ReadonlySet<string> = new Set(['detach', 'ui', 'json', 'no-color']);

/** This command line as another process is to run it: the same work, told in CloudEvents. */
export function commandAgain(
  bundle: string | undefined,
  flags: Readonly<Record<string, unknown>>,
): readonly [string, ...string[]] {
  const [, script = ''] = process.argv;
  const words = Object.entries(flags).flatMap(([name, value]) => (OWN.has(name) ? [] : wordsOf(name, value)));
  return [
    process.execPath,
    ...process.execArgv,
    script,
    'apply',
    ...words,
    '--ui=json',
    ...(bundle === undefined ? [] : ['--', bundle]),
  ];
}

function wordsOf(name: string, value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => wordsOf(name, each));
  if (value === true) return [`--${name}`];
  return typeof value === 'string' || typeof value === 'number' ? [`--${name}=${value}`] : [];
}
