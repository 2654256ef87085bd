/** What the contract notation says, before names are looked up. Offsets are into the source file's text. */
export type TypeNode =
  | { kind: 'object'; fields: Field[] }
  | { kind: 'array'; items: TypeNode }
  | { kind: 'map'; keys: TypeNode | undefined; values: TypeNode }
  | { kind: 'union'; options: TypeNode[] }
  | { kind: 'literal'; value: string | number | boolean | null; offset: number }
  | { kind: 'name'; name: string; offset: number };

export interface Field {
  name: string;
  optional: boolean;
  type: TypeNode;
  offset: number;
}

/** What is wrong with a notation, and where. */
export class NotationFault extends Error {
  readonly offset: number;
  readonly hint: string;
  readonly code: 'SPEC_NOTATION' | 'SPEC_NOTATION_DEPTH';

  constructor(offset: number, message: string, options: { hint: string; code?: NotationFault['code'] }) {
    super(message);
    this.offset = offset;
    this.hint = options.hint;
    this.code = options.code ?? 'SPEC_NOTATION';
  }
}
