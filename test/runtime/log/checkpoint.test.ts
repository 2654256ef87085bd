import { createPrivateKey, generateKeyPairSync } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseCheckpoint, signCheckpoint, verifyCheckpoint } from '../../../src/runtime/log/checkpoint.ts';
import { EMPTY_ROOT, leafHash } from '../../../src/runtime/log/merkle.ts';
import {
  formatVkey,
  isSignedBy,
  noteSigner,
  noteVerifier,
  parseNote,
  parseVkey,
  signNote,
} from '../../../src/runtime/log/signed-note.ts';
import { signer } from './fixed.ts';

/** The example of golang.org/x/mod/sumdb/note. */
const GO = {
  vkey: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  skey: 'AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz',
  text: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
  signature: '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
};

/** A tree head of Go's public checksum database. */
const SUMDB = {
  vkey: 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8',
  note: `go.sum database tree
65209736
5+uGFjx6xBZG8ip1+wi77v+grwbhhukIrxEUS8PXvRo=

— sum.golang.org Az3grnbssgK7ubgFX36gVETtNv0U23qxyAhAMai2QUfeGa3nB/akvkMdlUErfcZz7l/R3cVtYspg3dxXABkGZZKdsQ8=
`,
};

describe('a signed note', () => {
  it('is, byte for byte, what the Go implementation signs', () => {
    const seed = Buffer.from(GO.skey, 'base64').subarray(1);
    const key = createPrivateKey({
      key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
      format: 'der',
      type: 'pkcs8',
    });
    expect(signNote(GO.text, noteSigner('PeterNeumann', key))).toBe(`${GO.text}\n${GO.signature}`);
    expect(formatVkey(noteSigner('PeterNeumann', key))).toBe(GO.vkey);
  });

  it('by others verifies', () => {
    expect(isSignedBy(parseNote(`${GO.text}\n${GO.signature}`), parseVkey(GO.vkey))).toBe(true);
    expect(isSignedBy(parseNote(SUMDB.note), parseVkey(SUMDB.vkey))).toBe(true);
    expect(parseCheckpoint(SUMDB.note)).toMatchObject({ origin: 'go.sum database tree', size: 65_209_736 });
  });

  it('ignores keys that are not asked for, and needs the one that is', () => {
    const twice = `${GO.text}\n${signNote(GO.text, signer).split('\n\n')[1] ?? ''}${GO.signature}`;
    expect(isSignedBy(parseNote(twice), parseVkey(GO.vkey))).toBe(true);
    expect(isSignedBy(parseNote(twice), signer)).toBe(true);
    expect(isSignedBy(parseNote(twice), parseVkey(SUMDB.vkey))).toBe(false);
  });

  it('is refused when the same key also signed badly', () => {
    const bad = signNote('other\n', signer).split('\n\n')[1] ?? '';
    expect(isSignedBy(parseNote(`${signNote('text\n', signer)}${bad}`), signer)).toBe(false);
  });

  it.each([
    '',
    '\n',
    'text',
    'text\n',
    'text\n\n',
    'a\tb\n\n— n AAAAAAAA\n',
    'text\n\n- n AAAAAAAA\n',
    'text\n\n— n AAA\n',
    'text\n\n— n AAAAAAAA',
  ])('is not %j', (text) => expect(() => parseNote(text)).toThrow(expect.objectContaining({ code: 'VERIFY_FAILED' })));
});

describe('a vkey', () => {
  it.each([GO.vkey, SUMDB.vkey])('is read and written: %s', (vkey) => expect(formatVkey(parseVkey(`${vkey}\n`))).toBe(vkey));

  it.each([
    '',
    'name',
    GO.vkey.replace('c74f20a3', 'c74f20a4'),
    GO.vkey.replace('ARpc', 'Arpc'),
    GO.vkey.replace('PeterNeumann', 'Peter'),
  ])('is not %j', (text) => expect(() => parseVkey(text)).toThrow(expect.objectContaining({ code: 'KEY_UNUSABLE' })));

  it('has no spaces or plus in its name', () => {
    for (const name of ['', 'a b', 'a+b', 'a\u00a0b']) expect(() => noteVerifier(name, signer.publicKey)).toThrow(TypeError);
  });
});

describe('a checkpoint', () => {
  const head = { size: 42, root: leafHash(Buffer.from('root')) };
  const note = signCheckpoint(head, signer);

  it('holds origin, size and root', () => {
    expect(note.split('\n').slice(0, 4)).toEqual(['log.example/test', '42', head.root.toString('base64'), '']);
    expect(verifyCheckpoint(note, signer)).toEqual({ origin: 'log.example/test', ...head });
  });

  it('fails with any byte changed', () => {
    const bytes = Buffer.from(note);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ mask;
        expect(() => verifyCheckpoint(changed.toString(), signer)).toThrow(expect.objectContaining({ code: 'VERIFY_FAILED' }));
      }),
      { numRuns: 300 },
    );
  });

  it('is refused from another key or for another origin', () => {
    const other = noteSigner('log.example/test', generateKeyPairSync('ed25519').privateKey);
    expect(() => verifyCheckpoint(note, other)).toThrow('not signed by');
    expect(() => verifyCheckpoint(SUMDB.note, parseVkey(SUMDB.vkey))).toThrow('is of log go.sum database tree');
  });

  it.each([
    'o\n1\n',
    `o\n01\n${EMPTY_ROOT.toString('base64')}\n`,
    `o\n-1\n${EMPTY_ROOT.toString('base64')}\n`,
    'o\n1\nAAAA\n',
    `\n1\n${EMPTY_ROOT.toString('base64')}\n`,
    `o\n9007199254740993\n${EMPTY_ROOT.toString('base64')}\n`,
  ])('is not %j', (text) =>
    expect(() => parseCheckpoint(signNote(text, signer))).toThrow(expect.objectContaining({ code: 'VERIFY_FAILED' })),
  );
});
