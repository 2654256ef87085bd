import { loadPolicy } from '@open-policy-agent/opa-wasm';

import { serve } from './serve.ts';

/* The thread in which policies run that were compiled to WebAssembly: untrusted code, which gets memory and the built-in functions of OPA's SDK. */

export interface CompiledRequest {
  module: Uint8Array<ArrayBuffer>;
  /** JSON texts. */
  data: string;
  input: string;
  entrypoint: string;
}

/** Pages of 64 KiB: 1 GiB. */
const MEMORY = { initial: 32, maximum: 2 ** 14 };

await serve(async (request) => new TextEncoder().encode(JSON.stringify(await evaluate(request as CompiledRequest))));

/** `{ result }`, or without it where the entry point is undefined or not there. Rules that are entry points make the document of their package. */
async function evaluate({ module, data, input, entrypoint }: CompiledRequest): Promise<{ result?: unknown }> {
  const policy = await loadPolicy(module, MEMORY);
  policy.setData(JSON.parse(data) as object);
  const value: unknown = JSON.parse(input);
  const entrypoints = Object.keys(policy.entrypoints as object);
  const valueAt = (name: string): unknown => (policy.evaluate(value, name) as { result: unknown }[])[0]?.result;
  if (entrypoints.includes(entrypoint)) return { result: valueAt(entrypoint) };
  const rules = entrypoints.filter((name) => name.startsWith(`${entrypoint}/`));
  if (rules.length === 0) return {};
  return { result: Object.fromEntries(rules.map((name) => [name.slice(entrypoint.length + 1), valueAt(name)])) };
}
