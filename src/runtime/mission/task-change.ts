import type { Task } from '../../spec/model.ts';

/** What faces show while a mission runs. */
export interface TaskChange {
  task: Task;
  /** `waiting`: for a person. `again`: failed or found at fault, and to be tried once more. */
  state: 'running' | 'succeeded' | 'cached' | 'failed' | 'skipped' | 'cancelled' | 'waiting' | 'again';
  reason?: string;
  /** Milliseconds it ran. */
  elapsed?: number;
}
