/**
 * Stands for `wsl-utils` in the build. oclif asks it at each start whether this is WSL, which nobody here wants to know, and it would load child processes and
 * files with promises for what it offers beside.
 */
// Never is: a value would be given by a function, and what a script exports is read once.
/** @type {boolean | undefined} */
export let isWsl;

export function powerShellPath() {
  throw new Error('Windows is not asked anything here.');
}
