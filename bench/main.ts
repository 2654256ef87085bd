import type { BenchRow } from './bench-row.ts';

/** Benches by name; `npm run bench -- NAME…` runs some of them, and none runs beside another. */
const BENCHES: Record<string, () => Promise<BenchRow[]>> = {
  startup: async () => (await import('./startup.ts')).benchStartup(),
  interpreter: async () => (await import('./interpreter.ts')).benchInterpreter(),
  log: async () => (await import('./log.ts')).benchLog(),
  vault: async () => (await import('./vault.ts')).benchVault(),
  'large-log': async () => (await import('./large-log.ts')).benchLargeLog(),
  apply: async () => (await import('./apply.ts')).benchApply(),
  noop: async () => (await import('./noop.ts')).benchNoop(),
  commands: async () => (await import('./commands.ts')).benchCommands(),
  steps: async () => (await import('./steps.ts')).benchSteps(),
  scheduling: async () => (await import('./scheduling.ts')).benchScheduling(),
  sandbox: async () => (await import('./sandbox.ts')).benchSandbox(),
  agents: async () => (await import('./agents.ts')).benchAgents(),
  memory: async () => (await import('./memory.ts')).benchMemory(),
  serve: async () => (await import('./serve.ts')).benchServe(),
  qa: async () => (await import('./qa.ts')).benchQa(),
  growth: async () => (await import('./growth.ts')).benchGrowth(),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in BENCHES));
if (unknown.length > 0) throw new Error(`no bench ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}`);

for (const [name, bench] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`${name}\n${(await bench()).map(line).join('')}`);
}

function line({ name, value, unit, baseline, ratio, goal = '' }: BenchRow): string {
  const figures = `${value.toPrecision(4).padStart(9)} ${unit}`.padEnd(22);
  return `  ${name.padEnd(40)}${figures}${ratio.toFixed(2).padStart(7)} × ${baseline.toPrecision(4).padEnd(10)}${goal}`
    .trimEnd()
    .concat('\n');
}
