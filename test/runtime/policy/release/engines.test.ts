import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { askPolicy } from '../../../../src/runtime/policy/release/ask-policy.ts';
import { compiledEngine } from '../../../../src/runtime/policy/release/compiled-engine.ts';
import { embeddedEngine } from '../../../../src/runtime/policy/release/embedded-engine.ts';
import { DEFAULT_POLICY, readPolicy } from '../../../../src/runtime/policy/release/read-policy.ts';
import { parsePolicy } from '../../../../src/runtime/policy/release/release-policy.ts';
import { policyOf } from './policy-bundle.ts';
import { RELEASE_CASES } from './release-cases.ts';

const embedded = embeddedEngine();
const compiled = compiledEngine();

afterAll(async () => {
  await embedded.close();
  await compiled.close();
});

describe('the embedded engine', () => {
  it.each(RELEASE_CASES)('$name', async ({ files, input, verdict }) => {
    expect(await askPolicy(embedded, policyOf(files), JSON.stringify(input))).toEqual(verdict);
  });

  it('denies by a policy that does not compile, and says where', async () => {
    const { result, findings } = await askPolicy(
      embedded,
      policyOf({ 'a.rego': 'package agentnexus.release\nallow := nothing' }),
      '{}',
    );
    expect(result).toBe('fail');
    expect(findings[0]?.message).toContain('a.rego:2:');
  });

  it('denies where a built-in function fails, instead of taking its rule for undefined', async () => {
    const policy = policyOf({ 'a.rego': 'package agentnexus.release\nallow := true\ndeny contains "x" if 1 / input.zero == 1' });
    const { result, findings } = await askPolicy(embedded, policy, '{"zero": 0}');
    expect(result).toBe('fail');
    expect(findings[0]?.message).toContain('divide by zero');
  });

  it.each([
    'http.send({"method": "get", "url": "http://127.0.0.1"})',
    'time.now_ns()',
    'opa.runtime()',
    'rand.intn("a", 9)',
    'uuid.rfc4122("")',
  ])('has no %s: what could answer differently the next time is not there', async (call) => {
    const policy = policyOf({ 'a.rego': `package agentnexus.release\nallow := true\nx := ${call}` });
    const { result, findings } = await askPolicy(embedded, policy, '{}');
    expect(result).toBe('fail');
    expect(findings[0]?.message).toContain('undefined function');
  });
});

// Made by `opa build -t wasm -e agentnexus/release/allow -e agentnexus/release/deny release.rego`; test/interop makes it anew.
const COMPILED = parsePolicy(readFileSync(join(import.meta.dirname, 'compiled-default.tar.gz')));

describe('a compiled bundle', () => {
  const file = { path: 'a.js', digest: 'sha256:aa', type: 'code', executable: false };
  const input = (files: unknown) =>
    JSON.stringify({ apiVersion: 'agentnexus.dev/release-input/v1', product: { files }, statements: [] });

  it.each([input([]), input([file]), '{}', 'null', input('none')])('says of %s what its source says', async (text) => {
    const source = await askPolicy(embedded, readPolicy(DEFAULT_POLICY), text);
    expect(source.result).toBe('fail');
    expect(await askPolicy(compiled, COMPILED, text)).toEqual(source);
  });

  it('lets through what its source lets through', async () => {
    const text = JSON.stringify({ ...JSON.parse(input([file])), base: { files: [file] } });
    expect(await askPolicy(compiled, COMPILED, text)).toEqual({ result: 'pass', findings: [] });
    // Its rules are in the module, and no longer in its Rego: evaluated as Rego it says nothing.
    expect(await askPolicy(embedded, COMPILED, text)).toMatchObject({ result: 'fail' });
  });

  it('is no answer if it is no module', async () => {
    const { result } = await askPolicy(compiled, policyOf({ 'policy.wasm': 'no module' }), '{}');
    expect(result).toBe('fail');
  });
});
