import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { Tree } from '../../vault/artifact.ts';
import type { Brief } from '../agent.ts';
import { checkout } from '../checkout.ts';

/** The folders of one attempt: real paths below the workspace's scratch folder, so that what a dead writer has left is found by them. */
export interface WorkingCopy {
  /** The files of the task's tree, and what the agent makes of them. */
  product: string;
  home: string;
  temp: string;
  remove(): void;
}

/** Checks `tree` out into fresh folders. */
export function openWorkingCopy(tree: Tree, { brief, scratch }: { brief: Brief; scratch: string }): WorkingCopy {
  mkdirSync(scratch, { recursive: true });
  const root = realpathSync(mkdtempSync(join(scratch, 'agent-')));
  // Where we are root the agent is somebody else, who must get through here.
  chmodSync(root, 0o711);
  const copy = { product: join(root, 'product'), home: join(root, 'home'), temp: join(root, 'home', 'tmp') };
  const remove = (): void => rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  try {
    const paths = new Map(tree.map(({ path, digest }) => [digest, path]));
    checkout(tree, copy.product, (digest) => brief.read(paths.get(digest) ?? ''));
    mkdirSync(copy.temp, { recursive: true });
    return { ...copy, remove };
  } catch (error) {
    remove();
    throw error;
  }
}
