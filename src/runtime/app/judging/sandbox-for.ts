import type { Sandbox } from '../../workspace/sandbox/sandbox.ts';

/** The sandbox that agents are put into: `unconfined` only where somebody has said so outright. One for this process: it keeps a launcher ready. */
export async function sandboxFor({ unconfined }: { unconfined: boolean }): Promise<Sandbox> {
  if (unconfined) {
    open ??= import('../../workspace/sandbox/open-sandbox.ts').then(({ createOpenSandbox }) => createOpenSandbox());
    return open;
  }
  confined ??= import('../../workspace/sandbox/srt-sandbox.ts').then(({ createSrtSandbox }) => createSrtSandbox());
  return confined;
}

let open: Promise<Sandbox> | undefined;
let confined: Promise<Sandbox> | undefined;

/** Begins with the walls before anybody asks for them: it takes longer than all that comes before the first process. */
export async function raiseWalls(): Promise<Sandbox> {
  const sandbox = await sandboxFor({ unconfined: false });
  sandbox.raise();
  return sandbox;
}
