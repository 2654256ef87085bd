import type { Sandbox } from '../workspace/sandbox/sandbox.ts';
import type { Machine } from './runners/machine.ts';

/** Walls around the tools that run a product's code. */
export interface Walls {
  sandbox: Sandbox;
  /** Whose tools are used: what version managers keep in the home is readable. */
  machine?: Machine;
  /** Other folders that tools take modules from. */
  read?: readonly string[];
  /** `host:port` that they may reach. */
  hosts?: readonly string[];
  /** Variables that are handed on to them. */
  env?: Readonly<Record<string, string>>;
  /** Places that nobody in them sees, wherever they lie. */
  hidden?: readonly string[];
}
