import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const text = readFileSync(join(root, 'docs', 'cli.md'), 'utf8');
const manifest = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8')) as {
  commands: Record<string, { summary?: string; examples?: string[]; flags: Record<string, { summary?: string }> }>;
};
const commands = Object.entries(manifest.commands);

describe('docs/cli.md', () => {
  it.each(commands)('tells of %s and its flags', (id, { flags }) => {
    expect(text).toContain(`\`${id.replace(':', ' ')}`);
    for (const flag of Object.keys(flags)) expect(text, `--${flag}`).toContain(`--${flag}`);
  });

  it('links every schema there is', () => {
    const names = readdirSync(join(root, 'schemas', 'cli')).filter((name) => name !== 'common.schema.json');
    expect(names.filter((name) => !text.includes(`(../schemas/cli/${name})`))).toEqual([]);
  });
});

describe('help', () => {
  it.each(commands)('of %s has a summary, an example and a line for each flag', (_id, { summary, examples, flags }) => {
    expect(summary).toMatch(/\.$/);
    expect(examples?.length).toBeGreaterThan(0);
    for (const [name, flag] of Object.entries(flags)) expect(flag.summary, name).toMatch(/\.$/);
  });
});
