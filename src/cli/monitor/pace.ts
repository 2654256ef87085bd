/** Milliseconds between two looks at the log: of this machine, and of another, which tells what happens by itself and is asked only where it does not. */
export const PACE = { here: 150, remote: 2_000 } as const;
