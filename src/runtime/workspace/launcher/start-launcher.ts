import { Launcher, LAUNCHERS, type LauncherProgram } from './launcher.ts';

/** The first one that can be started. In Python where there is one: it starts commands without a copy of itself, which Node.js cannot. */
export async function startLauncher(
  [program, ...others]: readonly [LauncherProgram, ...LauncherProgram[]] = [LAUNCHERS.python, LAUNCHERS.node],
): Promise<Launcher> {
  const launcher = new Launcher(program);
  const [next, ...rest] = others;
  return next === undefined || (await launcher.ready) ? launcher : startLauncher([next, ...rest]);
}
