import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where Debian, Fedora, Arch and Homebrew keep libfaketime. */
const LIBRARIES = ['/usr/lib', '/usr/lib64', '/usr/local/lib', '/opt/homebrew/lib'];

/** Replaces what JavaScript knows of the time of day; what goes by the time since the start stays as it is. */
const SHIM = `
import { readFileSync } from 'node:fs';
const file = FILE;
const Real = Date;
let [offset, read] = [0, -1];
function skew() {
  const now = performance.now();
  if (read < 0 || now - read > 20) {
    read = now;
    try { offset = Number(readFileSync(file, 'utf8')) * 1000 || 0; } catch { offset = 0; }
  }
  return offset;
}
const now = () => Real.now() + skew();
globalThis.Date = new Proxy(Real, {
  construct: (target, args, type) => Reflect.construct(target, args.length === 0 ? [now()] : args, type === globalThis.Date ? target : type),
  apply: () => new Real(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
`;

/**
 * The clock of one process, which can be set while it runs: by libfaketime, or without it, of programs of Node.js, by what stands in for \`Date\` in them. Nobody
 * else's clock changes.
 */
export class ProcessClock {
  /** How it is set. */
  readonly by: 'libfaketime' | 'Date of Node.js';
  readonly env: Readonly<Record<string, string>>;
  readonly #file: string;

  /** `scratch`: a folder of its own. Throws an error for people where neither way is open. */
  constructor(program: string, scratch: string, library: string | null = findLibrary() ?? null) {
    mkdirSync(scratch, { recursive: true });
    this.#file = join(scratch, 'clock');
    this.by = library === null ? 'Date of Node.js' : 'libfaketime';
    this.set(0);
    if (library !== null) {
      this.env = {
        LD_PRELOAD: library,
        FAKETIME_TIMESTAMP_FILE: this.#file,
        FAKETIME_NO_CACHE: '1',
        // What waits goes by that one: V8 would wait for ever.
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      };
      return;
    }
    if (!/^node(?:js)?$/.test(basename(program)))
      throw new Error(`the clock of ${program} can be set with libfaketime alone: \`apt-get install faketime\`.`);
    const shim = join(scratch, 'clock.mjs');
    writeFileSync(shim, SHIM.replace('FILE', JSON.stringify(this.#file)));
    this.env = { NODE_OPTIONS: `--import=${pathToFileURL(shim).href}` };
  }

  /** Seconds by which it goes wrong; 0 puts it right. */
  set(seconds: number): void {
    writeFileSync(this.#file, `${seconds < 0 ? '' : '+'}${seconds}\n`);
  }
}

function findLibrary(): string | undefined {
  const folders = LIBRARIES.filter((folder) => existsSync(folder)).flatMap((folder) => [
    folder,
    ...readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name.endsWith('-linux-gnu'))
      .map(({ name }) => join(folder, name)),
  ]);
  return folders.map((folder) => join(folder, 'faketime', 'libfaketime.so.1')).find((path) => existsSync(path));
}

const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** `+1h`, `-30m`, as seconds. */
export function skewOf(text: string): number {
  const [, sign = '+', amount = '0', unit = 's'] = /^([+-])(\d+(?:\.\d+)?)(ms|[smhd])$/.exec(text) ?? [];
  return (sign === '-' ? -1 : 1) * Number(amount) * (UNITS[unit] ?? 1);
}
