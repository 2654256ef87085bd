import type { Workspace } from '../app/workspace.ts';

/** Takes the server's folders out of a text: what lies in the workspace is named by the workspace's id, a specification by its digest. */
export class Placeless {
  readonly #dir: string;
  readonly #specification: RegExp;
  readonly #folder: RegExp;
  readonly #name: string;

  constructor({ dir, id }: Pick<Workspace, 'dir' | 'id'>) {
    // As JSON has it within a string.
    this.#dir = JSON.stringify(dir).slice(1, -1);
    const escaped = this.#dir.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    this.#specification = new RegExp(
      `(?:file:\\/\\/)?${escaped}\\/specifications\\/([0-9a-f]{64})(?:\\.tar\\.gz|\\.zip|\\.md)`,
      'g',
    );
    this.#folder = new RegExp(`(?:file:\\/\\/)?${escaped}(?![\\w-]|\\.\\w)`, 'g');
    this.#name = `workspace:${id}`;
  }

  /** A text, or JSON of a document. */
  text(text: string): string {
    if (!text.includes(this.#dir)) return text;
    return text.replaceAll(this.#specification, 'sha256:$1').replaceAll(this.#folder, this.#name);
  }
}
