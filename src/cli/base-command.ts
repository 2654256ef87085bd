import { Command } from '@oclif/core/command';
import { boolean, string } from '@oclif/core/flags';

import { NexusError } from '../base/errors.ts';
import type { CallContext, OperationName, Operations } from '../runtime/app/operations.ts';
import { shownBundle } from '../runtime/workspace/git-address.ts';
import { documentParts } from './document.ts';
import type { MonitorSource } from './monitor/source.ts';
import { printableData } from './printable.ts';
import { openScreen, type Screen } from './screen.ts';

export interface GlobalFlags {
  json: boolean;
  'no-color': boolean;
  remote?: string | undefined;
  workspace?: string | undefined;
}

/** What every command shares: the flags that exist everywhere, the one way to call an operation and the one way to print a result. */
export abstract class BaseCommand extends Command {
  static override baseFlags = {
    workspace: string({
      summary: 'Workspace folder; default AGENTNEXUS_HOME, else .agentnexus beside the repository root.',
      helpValue: 'DIR',
      helpGroup: 'GLOBAL',
    }),
    remote: string({
      summary: 'Have it done by this control plane (`spec-kit remote add`).',
      helpValue: 'NAME',
      helpGroup: 'GLOBAL',
    }),
    json: boolean({ summary: 'Print one JSON document on stdout.', helpGroup: 'GLOBAL', default: false }),
    'no-color': boolean({ summary: 'Print without colour.', helpGroup: 'GLOBAL', default: false }),
  };

  /** All of oclif's way around `run`. */
  async start<Result>(): Promise<Result> {
    // oxlint-disable-next-line no-underscore-dangle -- oclif's name
    return this._run<Result>();
  }

  /** Arguments stand on the command line: what comes on stdin may be the list that a shell loops over. */
  protected override async init(): Promise<void> {
    await super.init();
    for (const arg of Object.values(this.ctor.args)) arg.ignoreStdin = true;
  }

  /** Who is asked, where it is not this machine. */
  #remote: string | undefined;

  protected async call<N extends OperationName>(
    name: N,
    input: Operations[N]['input'],
    context: CallContext,
  ): Promise<Operations[N]['output']> {
    try {
      if (this.#remote !== undefined) {
        const { remoteCall } = await import('./remote/remote-call.ts');
        return await remoteCall(name, input, { remote: this.#remote, context });
      }
      const { call } = await import('../runtime/app/call.ts');
      return await call(name, input, context);
    } catch (error) {
      throw withBundle(error, input);
    }
  }

  /** How a mission over there is followed; undefined where it is looked at here. */
  protected async following(mission: string): Promise<MonitorSource['follow']> {
    if (this.#remote === undefined) return undefined;
    const { remoteLines } = await import('./remote/remote-lines.ts');
    return remoteLines(this.#remote, mission);
  }

  protected context({ workspace, remote }: GlobalFlags): CallContext {
    this.#remote = remote;
    return { cwd: process.cwd(), ...(workspace === undefined ? {} : { workspace }) };
  }

  /** Prints a result on stdout, as a document or as text. */
  protected async print<View extends { kind: string }>(
    view: View,
    flags: GlobalFlags,
    render: (view: View, screen: Screen) => string | Generator<string>,
  ): Promise<void> {
    if (flags.json) return printParts(documentParts(view));
    const text = await this.text(view, flags, render);
    await printParts(typeof text === 'string' ? [text] : text);
  }

  /** The text of a view for stdout, safe for a terminal. */
  protected async text<View, Text>(view: View, flags: GlobalFlags, render: (view: View, screen: Screen) => Text): Promise<Text> {
    const screen = await openScreen(process.stdout, { color: !flags['no-color'] });
    return render(printableData(view), screen);
  }
}

/** Makes the next part when the one before is out. A reader that has gone needs none: `plan --json | head` is no error. */
async function printParts(parts: Iterable<string>): Promise<void> {
  const { stdout } = process;
  for (const part of parts) {
    if (!stdout.writable) return;
    if (!stdout.write(part)) await roomIn(stdout);
  }
}

/** Until there is room for more, or nobody to read it. */
function roomIn(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
  });
}

/** Diagnostics name files relative to the bundle; whoever shows them must know which. */
function withBundle(error: unknown, input: object): unknown {
  if (
    !(error instanceof NexusError) ||
    error.details?.['diagnostics'] === undefined ||
    !('bundle' in input) ||
    typeof input.bundle !== 'string'
  )
    return error;
  const { code, message, hint, details, cause } = error;
  return new NexusError(code, message, {
    ...(hint === undefined ? {} : { hint }),
    details: { ...details, bundle: shownBundle(input.bundle) },
    cause,
  });
}
