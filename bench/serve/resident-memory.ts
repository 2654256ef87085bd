import { readFileSync } from 'node:fs';

/** Bytes that a process holds. */
export function residentMemory(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid ?? 0}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

/** Looks at a process again and again; `halves` ends that, and tells what it held on average in the first and in the second half of the time. */
export function watchMemory(pid: number | undefined): { halves: () => { first: number; second: number } } {
  const samples: number[] = [];
  const timer = setInterval(() => samples.push(residentMemory(pid)), 250);
  const mean = (part: number[]): number => part.reduce((sum, each) => sum + each, 0) / part.length;
  return {
    halves() {
      clearInterval(timer);
      const middle = samples.length >> 1;
      return { first: mean(samples.slice(0, middle)), second: mean(samples.slice(middle)) };
    },
  };
}
