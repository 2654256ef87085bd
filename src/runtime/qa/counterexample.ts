import type { JsonValue } from '../../base/json.ts';

/** An input that broke a property, and all that it takes to find it again. */
export interface Counterexample {
  suite: 'contracts' | 'api';
  /** What was tried, as the suite names it. */
  property: string;
  seed: number;
  /** fast-check's way from the first failure to the smallest. */
  path: string;
  /** The smallest input that fails. */
  value: JsonValue;
}
