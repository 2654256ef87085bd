import prices from './prices.json' with { type: 'json' };
import type { TokenCount } from './meter.ts';

/** US dollars for a million tokens. */
export interface Price {
  input: number;
  output: number;
}

const TABLE: Readonly<Record<string, Price>> = prices.models;

/** When the table was true. Prices change, so money is always an estimate. */
export const PRICES_AS_OF: string = prices.asOf;

/** US dollars, as the table of prices says; 0 for a model that is not in it, which one's own servers are not. */
export function moneyOf(model: string, { input, output }: TokenCount): number {
  const price = priceOf(model);
  return price === undefined ? 0 : (input * price.input + output * price.output) / 1e6;
}

/** By its name, without a provider before it and a date behind it: `openai/gpt-5-2025-08-07` costs what `gpt-5` does. */
function priceOf(model: string): Price | undefined {
  const name = model.slice(model.lastIndexOf('/') + 1).replace(/:.*$/, '');
  const plain = name.replace(/(-preview|-latest|-\d{4}-\d{2}-\d{2}|-\d{8})+$/, '');
  return Object.hasOwn(TABLE, plain) ? TABLE[plain] : undefined;
}
