import type { SimpleGit } from 'simple-git';

import { messageOf, NexusError } from '../../../base/errors.ts';
import { runProcess } from '../process.ts';

/**
 * What every call of git is told, over all that a repository or its user has configured: no hook, no watcher, no filter, no transport, no
 * replaced objects. Only plumbing is called, which runs no alias, pager, editor, merge driver or external diff.
 */
const SETTINGS = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.attributesFile=/dev/null',
  'core.quotePath=false',
  'core.splitIndex=false',
  'core.untrackedCache=false',
  'core.sparseCheckout=false',
  'protocol.allow=never',
  'gc.auto=0',
  'maintenance.auto=false',
  'i18n.commitEncoding=UTF-8',
  'user.useConfigOnly=true',
];

const VARIABLES = {
  LC_ALL: 'C.UTF-8',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_NO_LAZY_FETCH: '1',
  GIT_LFS_SKIP_SMUDGE: '1',
};

/** What of the user's environment git needs: where it is, and whose configuration says which repositories may be trusted. */
const PASSED_ON = [
  'PATH',
  'HOME',
  'XDG_CONFIG_HOME',
  'USERPROFILE',
  'SYSTEMROOT',
  'TEMP',
  'TMP',
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_NOSYSTEM',
];

const TIMEOUT_MS = 120_000;

/** Output of one call that is read whole, in bytes. */
const MAX_OUTPUT = 64 * 2 ** 20;

const EXIT = /^exit (\d+): ([^]*)$/;

export interface StreamCall {
  input?: string;
  env?: Readonly<Record<string, string>>;
}

/** A git repository of the user: read, given objects and refs; never its working tree, index, stash or configuration. */
export class UserRepository {
  /** Its topmost folder. */
  readonly root: string;
  readonly #env: Record<string, string>;
  #git: SimpleGit | undefined;

  private constructor(root: string, env: Readonly<Record<string, string>>) {
    this.root = root;
    const passed = PASSED_ON.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
    this.#env = { ...Object.fromEntries(passed), ...VARIABLES };
  }

  /** The repository whose topmost folder this is. */
  static at(root: string, env: Readonly<Record<string, string>>): UserRepository {
    return new UserRepository(root, env);
  }

  /** What a plumbing command says, without the last line end. Throws `REPOSITORY_FAILED` with git's own words. */
  async text(args: readonly string[]): Promise<string> {
    const said = await this.#ask(args);
    if (typeof said === 'string') return said;
    throw this.#failed(args, said.words);
  }

  /** As `text`; undefined where git says no, which is another thing than that it cannot say. */
  async tryText(args: readonly string[]): Promise<string | undefined> {
    const said = await this.#ask(args);
    if (typeof said === 'string') return said;
    if (said.exit === 1) return undefined;
    throw this.#failed(args, said.words);
  }

  async #ask(args: readonly string[]): Promise<string | { exit: number; words: string }> {
    const git = await this.#open();
    try {
      return (await git.raw([...args])).replace(/\n$/, '');
    } catch (error) {
      const [, exit = '-1', words = messageOf(error)] = EXIT.exec(messageOf(error)) ?? [];
      return { exit: Number(exit), words };
    }
  }

  /** A plumbing command that reads its input, or whose output is bytes. */
  async bytes(args: readonly string[], call: StreamCall = {}): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    await this.stream(args, call, (chunk) => {
      size += chunk.length;
      if (size <= MAX_OUTPUT) chunks.push(chunk);
    });
    if (size > MAX_OUTPUT) throw this.#failed(args, 'it says more than is read');
    return Buffer.concat(chunks);
  }

  async stream(args: readonly string[], { input, env }: StreamCall, onBytes: (chunk: Uint8Array) => void): Promise<void> {
    const settings = SETTINGS.flatMap((setting) => ['-c', setting]);
    const result = await runProcess(['git', ...settings, ...args], {
      cwd: this.root,
      env: { ...this.#env, ...env },
      timeoutMs: TIMEOUT_MS,
      onBytes,
      ...(input !== undefined && { input }),
    });
    if (result.ended !== 'exited' || result.code !== 0) throw this.#failed(args, result.stderr.trim() || result.ended);
  }

  async #open(): Promise<SimpleGit> {
    if (this.#git !== undefined) return this.#git;
    const { simpleGit } = await import('simple-git');
    this.#git = simpleGit({
      baseDir: this.root,
      config: SETTINGS,
      timeout: { block: TIMEOUT_MS },
      trimmed: false,
      // By itself it takes a bad exit without words for a good one, and keeps no exit code; some of what we ask is answered by that alone.
      errors: (error, { exitCode, stdErr }) =>
        exitCode === 0 ? error : Buffer.concat([Buffer.from(`exit ${exitCode}: `), ...stdErr]),
      allowEnvironment: Object.keys(this.#env),
      // Its guard is against settings like these; ours turn things off.
      unsafe: { allowUnsafeHooksPath: true, allowUnsafeFsMonitor: true, allowUnsafeProtocolOverride: true },
    }).env(this.#env);
    return this.#git;
  }

  #failed(args: readonly string[], words: string): NexusError {
    const said = words.split('\n').find((line) => /^(?:fatal|error):/.test(line)) ?? words.slice(0, 400);
    return new NexusError('REPOSITORY_FAILED', `git ${args[0]} failed in ${this.root} (${said}).`, {
      hint: 'See that `git status` works there, with git 2.38 or newer. `--base none` leaves the repository alone.',
      details: { repository: this.root, git: words.slice(0, 2_000) },
    });
  }
}
