import type * as Ink from 'ink';
import type * as React from 'react';

export interface InkParts {
  ink: typeof Ink;
  react: typeof React;
}

/**
 * Loads the parts of the screen, the quick ones: React's choice between them is made by NODE_ENV when it is first loaded, and the other ones check everything
 * they do. What the user has set there holds again afterwards, and for all that is started from here.
 */
export async function loadInk(): Promise<InkParts> {
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  try {
    const [ink, react] = await Promise.all([import('ink'), import('react')]);
    return { ink, react };
  } finally {
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
  }
}
