import { digestOf } from '../../base/digest.ts';
import type { Host } from '../app/host/host.ts';
import { residentLog } from '../app/host/resident-host.ts';

/** What tells whether an answer that was read from the log is still the answer. */
export class LogMark {
  readonly #host: Pick<Host, 'placed' | 'engine'>;
  #version = '';
  #mark = '';

  constructor(host: Pick<Host, 'placed' | 'engine'>) {
    this.#host = host;
  }

  /** Another one as soon as the log has an entry or a signed head more, or a product lies where it is found; of two logs never the same. */
  get now(): string {
    const { placed, engine } = this.#host;
    const version = `${engine.log.version} ${placed}`;
    if (version !== this.#version) {
      const { log, workspace } = engine;
      // The writer would sign what it is asked about.
      const { size = 0, note = '' } = (residentLog(workspace.dir) ?? log).checkpoint() ?? {};
      this.#mark = digestOf({ entries: log.size, signed: size, note, placed });
      this.#version = version;
    }
    return this.#mark;
  }
}
