import { Launcher, LAUNCHERS, type LauncherProgram } from './launcher.ts';

/** The first one that can be started. In Perl where there is one: to fork it takes a tenth of the time that Node.js takes. */
export async function startLauncher(
  [program, ...others]: readonly [LauncherProgram, ...LauncherProgram[]] = [LAUNCHERS.perl, LAUNCHERS.node],
): Promise<Launcher> {
  const launcher = new Launcher(program);
  const [next, ...rest] = others;
  return next === undefined || (await launcher.ready) ? launcher : startLauncher([next, ...rest]);
}
