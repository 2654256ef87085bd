/**
 * Stands for `powershell-utils` in the build. oclif asks wsl-utils whether this is WSL at each start, and that module would load child processes and half
 * of Node's networking to ask Windows what nobody wants to know.
 */
export function powerShellPath() {
  throw new Error('Windows is not asked anything here.');
}

export const executePowerShell = () => powerShellPath();
