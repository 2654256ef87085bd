import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How much garbage may pile up before it is collected, in bytes. */
const SLACK = 48 * 2 ** 20;

/**
 * Bounds the memory of long work that allocates much and keeps little. V8 sizes its heap by the machine: on a large one it lets hundreds of
 * megabytes of garbage stand, which somebody with several missions on a laptop or a CI runner pays for. Call the result now and then; it
 * looks at a counter, and collects when `SLACK` has been allocated since the last time.
 */
export function heapBound(): () => void {
  let kept = used();
  return () => {
    if (used() < kept + SLACK) return;
    collectGarbage();
    kept = used();
  };
}

/** Between the steps of work on something large, each of which leaves a copy behind. Takes a tenth of a second. */
export function collectGarbage(): void {
  collect ??= collector();
  collect();
}

let collect: (() => void) | undefined;

/** Buffers lie outside of the heap. */
function used(): number {
  const { used_heap_size: heap, external_memory: outside } = getHeapStatistics();
  return heap + outside;
}

/** `gc` as `--expose-gc` gives it, without the flag. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return typeof gc === 'function' ? () => void gc() : () => undefined;
}
