import { existsSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import type { Digest } from '../../base/digest.ts';
import type { Tree } from '../vault/artifact.ts';
import { checkout } from '../workspace/checkout.ts';
import { cleanEnvironment } from '../workspace/process.ts';
import { DEFAULT_LIMITS } from './engine.ts';
import type { Sandbox } from './test-runner.ts';

/** A copy of a project to work on, below `scratch`, with the modules that are installed in `installed` linked into it. */
export function projectSandbox(
  { tree, read }: { tree: Tree; read: (digest: Digest) => Uint8Array },
  { scratch, installed, signal }: { scratch: string; installed: string; signal?: AbortSignal | undefined },
): Sandbox {
  const product = join(scratch, 'product');
  checkout(tree, product, read);
  const modules = join(installed, 'node_modules');
  if (existsSync(modules)) symlinkSync(realpathSync(modules), join(product, 'node_modules'), 'junction');
  return {
    product: realpathSync(product),
    scratch: join(scratch, 'runs'),
    env: cleanEnvironment(join(scratch, 'home')),
    jobs: 1,
    limits: DEFAULT_LIMITS,
    ...(signal && { signal }),
  };
}
