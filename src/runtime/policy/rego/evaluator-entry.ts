import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';

import { sha256 } from '../../../base/digest.ts';
import { messageOf } from '../../../base/errors.ts';
import { EvaluatorHost } from './evaluator-host.ts';
import { EVALUATOR_PIN } from './evaluator-pin.ts';
import { serve } from './serve.ts';

/*
 * The thread in which policies are evaluated: it is ended from outside when one takes too long. A request is
 * JSON, and so is its answer; after a fault nothing more is to be asked.
 */

/** Four times what the shipped module has; a file that is more was not built by us. */
const MAX_MODULE = 128 * 2 ** 20;

/** What WASI calls the start of a module that is called into: a reactor. */
const INITIALIZE = '_initialize';

interface Exports {
  memory: WebAssembly.Memory;
  reserve: (size: number) => number;
  run: () => bigint;
}

const host = new EvaluatorHost();
const evaluator = load();

await serve(async (request) => {
  if (!(request instanceof Uint8Array)) throw new TypeError('a request is bytes');
  const { memory, reserve, run } = await evaluator;
  try {
    const at = reserve(request.length);
    new Uint8Array(memory.buffer, at, request.length).set(request);
    const answer = BigInt.asUintN(64, run());
    return new Uint8Array(memory.buffer, Number(answer >> 32n), Number(answer & 0xffff_ffffn)).slice();
  } catch (error) {
    throw new Error(faultOf(error), { cause: error });
  }
}, evaluator);

async function load(): Promise<Exports> {
  const packed = readFileSync(new URL('../../../../templates/policy/rego.wasm.br', import.meta.url));
  const wasm = brotliDecompressSync(packed, { maxOutputLength: MAX_MODULE });
  if (sha256(wasm) !== EVALUATOR_PIN.digest)
    throw new Error('the evaluator in templates/policy is not the one that was built for this version');
  const module = await WebAssembly.compile(wasm);
  const { exports } = await WebAssembly.instantiate(module, host.importsFor(module));
  const { _initialize: initialize, ...ours } = exports as unknown as Exports & Record<typeof INITIALIZE, () => void>;
  host.attach(ours.memory);
  initialize();
  return ours;
}

/** Go says on its standard error what it died of; the trap that follows says nothing. */
function faultOf(error: unknown): string {
  const [first = ''] = host.lastWords.split('\n').filter((line) => line.trim() !== '');
  return first === '' ? messageOf(error) : first;
}
