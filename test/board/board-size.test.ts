import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { beforeAll, describe, expect, it } from 'vitest';

import { type BoardBuild, buildBoard } from '../../scripts/build/board.ts';

let board: BoardBuild;
beforeAll(async () => {
  board = await buildBoard(join(import.meta.dirname, '../..'));
});

const packed = (name: string): number => gzipSync(board.files.get(name) ?? new Uint8Array(), { level: 9 }).length;
const text = (name: string): string => new TextDecoder().decode(board.files.get(name));

describe('the board as it is sent', () => {
  it('has at most 60 KB to load before anything can be seen, packed by gzip', () => {
    expect(board.first).toContain('index.html');
    expect(board.first.filter((name) => name.endsWith('.js')).length).toBeGreaterThan(0);
    const first = board.first.reduce((sum, name) => sum + packed(name), 0);
    expect(first).toBeGreaterThan(10_000);
    expect(first).toBeLessThan(60_000);
  });

  it('names everything that the page asks for, and nothing from elsewhere', () => {
    const page = text('index.html');
    const asked = [...page.matchAll(/(?:href|src)="(\/[^"]*)"/g)].map(([, path]) => path);
    const named = board.first.filter((name) => name !== 'index.html').map((name) => `/board/${name}`);
    expect(new Set(asked)).toEqual(new Set(named));
    expect(asked.length).toBe(named.length);
    expect(page).not.toMatch(/https?:/);
  });

  it('needs nothing that its policy refuses: no script and no style in the page, none made of text', () => {
    const page = text('index.html');
    expect(page).not.toMatch(/<style|style=|\son\w+=/);
    expect([...page.matchAll(/<script[^>]*>([^<]*)/g)].map(([, inner]) => inner)).toEqual(['']);
    for (const name of board.files.keys()) {
      if (name.endsWith('.js'))
        expect(text(name), name).not.toMatch(/\beval\(|new Function\(|document\.write|globalThis\.Buffer/);
    }
  });

  it('fetches what verifies proofs only when there is something to verify', () => {
    const verifier = [...board.files.keys()].filter((name) => text(name).includes('DSSEv1'));
    expect(verifier).not.toEqual([]);
    for (const name of verifier) expect(board.first).not.toContain(name);
  });

  it('fetches what verifies certificates only when certificates have signed, at most 40 KB of it', () => {
    const names = [...board.files.keys()].filter((name) => text(name).includes('SCT verification failed'));
    expect(names).toHaveLength(1);
    for (const name of names) expect(packed(name)).toBeLessThan(40_000);
    const { outputs } = board.metafile;
    const asked = Object.values(outputs).flatMap(({ imports }) =>
      imports.filter(({ path }) => names.some((name) => path.endsWith(name.slice('assets'.length)))),
    );
    expect(asked.map(({ kind }) => kind)).toEqual(['dynamic-import']);
  });
});
