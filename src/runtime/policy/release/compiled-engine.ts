import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { isJsonObject, parsedJson } from '../../../base/json.ts';
import type { CompiledRequest } from '../rego/compiled-entry.ts';
import { ConfinedThread, type RegoLimits } from '../rego/confined-thread.ts';
import type { PolicyEngine } from './policy-engine.ts';
import { invalid } from './release-policy.ts';

const ENTRY = fileURLToPath(new URL(`../rego/compiled-entry${extname(import.meta.url)}`, import.meta.url));

/** What `opa build --target wasm` made, by OPA's SDK for it. */
export function compiledEngine(limits?: RegoLimits): PolicyEngine {
  const thread = new ConfinedThread(ENTRY, limits);
  return {
    name: 'wasm',
    version: () => Promise.resolve('@open-policy-agent/opa-wasm'),
    async evaluate(policy, { entrypoint, input }) {
      const { wasm, data } = policy ?? {};
      if (wasm === undefined) throw invalid('It holds no policy.wasm: `opa build --target wasm` makes one.');
      const module = new Uint8Array(wasm.module);
      const request: CompiledRequest = { module, data: JSON.stringify(data), input, entrypoint };
      const answer = parsedJson((await thread.ask(request, [module.buffer])).toString('utf8'));
      return isJsonObject(answer) ? answer['result'] : undefined;
    },
    close: () => thread.close(),
  };
}
