import type { JsonObject } from '../../base/json.ts';
import type { ContractElement } from '../model.ts';
import type { Place, SourceText } from '../source-text.ts';

/** A contract whose names are not looked up yet. */
export interface ContractDraft extends Omit<ContractElement, 'schema' | 'refersTo'> {
  shape: Shape | undefined;
}

/** How a contract's schema is written. */
export type Shape = NotationShape | DocumentShape;

/** The contract notation between two offsets, read when the contract is resolved: what it is read into takes many times its room. */
export interface NotationShape {
  by: 'notation';
  from: number;
  to: number;
  source: SourceText;
}

/** A JSON Schema, whole or taken from an OpenAPI document. */
export interface DocumentShape {
  by: 'document';
  schema: JsonObject;
  /** What other documents call it: its path in the bundle, `path#/components/schemas/Name`, and its own `$id`. */
  addresses: string[];
  /** Path that its relative references start from. */
  base: string;
  place: Place;
}
