import { afterEach, describe, expect, it } from 'vitest';

import { runApi } from '../../../../src/runtime/qa/api/api-suite.ts';
import type { PropertyOptions } from '../../../../src/runtime/qa/contracts/contract-suite.ts';
import { type Bug, PARCEL_API, type ParcelService, startParcelService } from './parcel-service.ts';

let service: ParcelService | undefined;
afterEach(async () => service?.close());

async function run(bug?: Bug, options: PropertyOptions = {}) {
  service = await startParcelService(bug);
  return runApi('openapi.yaml', PARCEL_API, { url: `${service.url}/`, remote: false, options: { seed: 5, ...options } });
}

describe('a service that is asked by its description', () => {
  it('passes if it does as that says', async () => {
    const { findings, passed } = await run();
    expect(findings).toEqual([]);
    expect(passed).toContain('POST /parcels > answers as described');
    expect(passed).toContain('POST /parcels > refuses broken exclusiveMinimum at /weight');
    expect(passed).toContain('GET /parcels/{id} > answers as described');
  });

  it.each([
    ['status', 'QA_API_STATUS', /answers 202/],
    ['schema', 'QA_API_SCHEMA', /breaks `type` at \/weight/],
    ['type', 'QA_API_CONTENT_TYPE', /text\/html/],
    ['crash', 'QA_API_SERVER_ERROR', /answers 500/],
    ['lenient', 'QA_API_ACCEPTS_INVALID', /answers 201/],
    ['link', 'QA_API_LINK', /Location/],
    ['forgets', 'QA_API_LINK', /answers 404/],
  ] as const)('fails with a bug of kind %s', async (bug, code, message) => {
    const { findings } = await run(bug);
    expect(findings[0]).toMatchObject({ code, path: 'openapi.yaml', message: expect.stringMatching(message) as string });
  });

  it('fails with the smallest request that does it, which can be sent again', async () => {
    const { findings } = await run('crash');
    const counterexample = findings[0]?.counterexample;
    expect(counterexample?.value).toMatchObject({ parameters: {}, body: { weight: expect.any(Number) as number } });
    await service?.close();
    const again = counterexample && (await run('crash', { replay: counterexample }));
    expect(again?.findings[0]?.counterexample?.value).toEqual(counterexample?.value);
    await service?.close();
    const repaired = counterexample && (await run(undefined, { replay: counterexample }));
    expect(repaired?.passed).toEqual(['POST /parcels > answers as described']);
  });

  it('is told once that it cannot be reached', async () => {
    const { findings } = await run('mute');
    expect(findings.map(({ code }) => code)).toEqual(['QA_API_UNREACHABLE']);
  });

  it('is not asked on another machine without leave, nor by a document that is none', async () => {
    const call = { url: 'http://example.org', remote: false, options: {} };
    await expect(runApi('a', PARCEL_API, call)).rejects.toMatchObject({ code: 'USAGE' });
    await expect(runApi('a', PARCEL_API, { ...call, url: 'http://127.0.0.1.example.org' })).rejects.toMatchObject({
      code: 'USAGE',
    });
    const codes = async (text: string) =>
      (await runApi('a', text, { ...call, url: 'http://localhost:1' })).findings.map(({ code }) => code);
    expect(await codes('{')).toEqual(['QA_DOCUMENT']);
    expect(await codes('{}')).toEqual(['QA_DOCUMENT']);
    expect(await codes('openapi: 3.1.0')).toEqual(['QA_NO_TESTS']);
    expect(await codes(PARCEL_API)).toEqual(['QA_API_UNREACHABLE']);
  });
});
