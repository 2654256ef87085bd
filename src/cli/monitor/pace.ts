/** Milliseconds between two looks at the log: of this machine, and of another. */
export const PACE = { here: 150, remote: 600 } as const;
