import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { fileSlug } from '../../src/spec/file-slug.ts';

describe('fileSlug', () => {
  it.each([
    ['MissionPrompt', 'mission-prompt'],
    ['Mission Control Orchestrator', 'mission-control-orchestrator'],
    ['a/b\\c:d', 'a-b-c-d'],
    ['../../etc/passwd', 'etc-passwd'],
  ])('%s is %s', (name, slug) => {
    expect(fileSlug(name)).toBe(slug);
  });

  it.each(['CON', 'nul', 'Com1', '状态', '', '...', 'Café', 'x'.repeat(300)])('%s gets a hash, or loses its accents', (name) => {
    expect(fileSlug(name)).toMatch(/^(?:[a-z0-9]+(?:-[a-z0-9]+)*-[0-9a-f]{8}|cafe)$/);
  });

  it('keeps names apart that differ in other scripts or beyond its length', () => {
    expect(fileSlug('状态')).not.toBe(fileSlug('状況'));
    expect(fileSlug(`${'x'.repeat(300)}a`)).not.toBe(fileSlug(`${'x'.repeat(300)}b`));
  });

  it('is a safe file name for every name', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('aux', 'LPT9', '.', '..')), (name) => {
        const slug = fileSlug(name);
        expect(slug).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
        expect(slug.length).toBeLessThanOrEqual(80);
        expect(slug).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)$/);
      }),
    );
  });
});
