/** Version of the contract compiler. Bumped whenever the same task would give other files: it is part of every task key. */
export const COMPILER_VERSION = '1';
