/**
 * Node's own modules that a start needs. An `import` of one reads everything that it offers, and Node loads more of itself for that than a start takes; but Nodes
 * that are too old for us, and only get to hear so, know no other way.
 */
export const fs = process.getBuiltinModule?.('node:fs') ?? (await import('node:fs'));
export const nodeModule = process.getBuiltinModule?.('node:module') ?? (await import('node:module'));
