import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

import { limitMemory } from './rego-wasm/limit-memory.ts';

/*
 * Builds the evaluator of Rego that is shipped: `npm run rego` writes it and its digest, `npm run rego -- --check` builds it again and
 * says whether the bytes are those that are pinned. Needs Go; which one, and of what the evaluator is made, stand in `rego-wasm/go.mod`
 * and `go.sum`. The same sources give the same bytes on every machine.
 */
const root = join(import.meta.dirname, '..');
const SOURCE = join(import.meta.dirname, 'rego-wasm');
const ASSET = join(root, 'templates', 'policy', 'rego.wasm.br');
const PIN = join(root, 'src', 'runtime', 'policy', 'rego', 'evaluator-pin.ts');

/** 1 GiB: what a policy may take at most. */
const PAGES = 2 ** 14;

const wasm = build();
const digest = `sha256:${createHash('sha256').update(wasm).digest('hex')}`;
const pin = `/** What \`npm run rego\` built: SHA-256 of the module, and the version of OPA that it is made of. */
export const EVALUATOR_PIN = {
  digest: '${digest}',
  opa: '${opaVersion()}',
} as const;
`;

if (!process.argv.includes('--check')) {
  const packed = brotliCompressSync(wasm, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: wasm.length,
    },
  });
  writeFileSync(ASSET, packed);
  writeFileSync(PIN, pin);
  process.stdout.write(`rego: ${wasm.length} bytes, packed ${packed.length}, ${digest}\n`);
} else if (readFileSync(PIN, 'utf8') === pin) {
  process.stdout.write(`rego: built again, the same: ${digest}\n`);
} else {
  process.stderr.write(
    `rego: these sources give ${digest}, and that is not what src/runtime/policy/rego/evaluator-pin.ts says.\n`,
  );
  process.exitCode = 1;
}

function build(): Buffer {
  const dir = mkdtempSync(join(tmpdir(), 'rego-'));
  const out = join(dir, 'rego.wasm');
  const flags = ['-trimpath', '-buildvcs=false', '-mod=readonly', '-buildmode=c-shared', '-ldflags=-s -w -buildid='];
  try {
    execFileSync('go', ['build', ...flags, '-o', out, '.'], { cwd: SOURCE, env: goEnvironment(), stdio: 'inherit' });
    return limitMemory(readFileSync(out), PAGES);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Whatever else this machine's Go is set to must not show in the result. */
function goEnvironment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    GOOS: 'wasip1',
    GOARCH: 'wasm',
    GOWASM: '',
    CGO_ENABLED: '0',
    GOFLAGS: '',
    GOEXPERIMENT: '',
    GOWORK: 'off',
    GOTOOLCHAIN: `go${/^go (\S+)$/m.exec(goMod())?.[1] ?? ''}`,
  };
}

function opaVersion(): string {
  return /open-policy-agent\/opa v(\S+)/.exec(goMod())?.[1] ?? '';
}

function goMod(): string {
  return readFileSync(join(SOURCE, 'go.mod'), 'utf8');
}
