import { resolve, sep } from 'node:path';

import { readConfig } from '../app/config.ts';
import type { Workspace } from '../app/workspace.ts';

/** Takes the server's folders out of a text: what lies in the workspace is named by the workspace's id, a specification by its digest, a key by its name. */
export class Placeless {
  readonly #dir: string;
  readonly #keys: string;
  readonly #specification: RegExp;
  readonly #folder: RegExp;
  readonly #name: string;

  constructor({ dir, id }: Pick<Workspace, 'dir' | 'id'>) {
    this.#dir = inJson(dir);
    this.#keys = inJson(resolve(readConfig().keys));
    const escaped = this.#dir.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    this.#specification = new RegExp(
      `(?:file:\\/\\/)?${escaped}\\/specifications\\/([0-9a-f]{64})(?:\\.tar\\.gz|\\.tgz|\\.zip|\\.md)`,
      'g',
    );
    this.#folder = new RegExp(`(?:file:\\/\\/)?${escaped}(?![\\w-]|\\.\\w)`, 'g');
    this.#name = `workspace:${id}`;
  }

  /** A text, or JSON of a document. */
  text(text: string): string {
    const kept = text.includes(this.#keys) ? text.replaceAll(`${this.#keys}${inJson(sep)}`, 'keys/') : text;
    if (!kept.includes(this.#dir)) return kept;
    return kept.replaceAll(this.#specification, 'sha256:$1').replaceAll(this.#folder, this.#name);
  }
}

/** A text as JSON has it within a string. */
const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);
