import { readFileSync, rmSync } from 'node:fs';

import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { NexusError } from '../../src/base/errors.ts';
import { reportError } from '../../src/cli/report-error.ts';
import { checkDocuments } from './check-documents.ts';

interface Reported {
  code: number;
  stdout: string;
  stderr: string;
}

async function reported(error: unknown, mode: 'text' | 'document' | 'events' = 'text'): Promise<Reported> {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const textOf = (spy: typeof out): string => spy.mock.calls.map(([text]) => String(text)).join('');
  try {
    const code = await reportError(error, { mode, color: false, command: 'apply' });
    return { code, stdout: textOf(out), stderr: textOf(err) };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

/** The file that a report of a defect names. */
function reportIn(text: string): string {
  const [path = ''] = /\S*agentnexus-defect-\S*\.txt/.exec(text) ?? [];
  onTestFinished(() => rmSync(path, { force: true }));
  return path;
}

describe('reportError', () => {
  it('tells what, where and what to do', async () => {
    const error = new NexusError('SPEC_INVALID', 'There is a cycle.', {
      hint: 'Cut it.',
      details: { file: 'a.md', line: 3, column: 7 },
    });
    expect(await reported(error)).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error[SPEC_INVALID]: There is a cycle.\n  --> a.md:3:7\nhint: Cut it.\n',
    });
  });

  it('lists what there is to choose from', async () => {
    const error = new NexusError('USAGE', 'Several missions.', { details: { missions: ['0199a', '0199b'] } });
    expect((await reported(error)).stderr).toBe('error[USAGE]: Several missions.\n  0199a\n  0199b\n');
  });

  it('lets no escape sequence through', async () => {
    const error = new NexusError('USAGE', 'no \u001b[2Jscreen\u0007', { hint: '\u001b]0;x\u0007y' });
    expect((await reported(error)).stderr).toBe('error[USAGE]: no screen\\u0007\nhint: y\n');
  });

  it('prints a document, or an event, and nothing else, where that was asked for', async () => {
    const error = new NexusError('NOT_BUILT', 'Not yet.', { details: { flag: 'x' } });
    const document = await reported(error, 'document');
    expect(document).toMatchObject({ code: 4, stderr: '' });
    expect(JSON.parse(document.stdout)).toEqual({
      apiVersion: 'agentnexus.dev/v1',
      kind: 'Error',
      code: 'NOT_BUILT',
      message: 'Not yet.',
      details: { flag: 'x' },
    });
    const event = await reported(error, 'events');
    expect(JSON.parse(event.stdout)).toMatchObject({ type: 'dev.agentnexus.error', data: JSON.parse(document.stdout) });
    checkDocuments(document.stdout);
    checkDocuments(event.stdout);
  });

  it('keeps the trace of a defect in a file, with its causes, and asks for it', async () => {
    const defect = new TypeError('undefined is not a mission', { cause: new RangeError('deeper') });
    const { code, stderr } = await reported(defect);
    expect(code).toBe(70);
    expect(stderr).toMatch(
      /^error\[INTERNAL\]: undefined is not a mission\nhint: This is a defect of ours\. Please report it with /,
    );
    const report = readFileSync(reportIn(stderr), 'utf8');
    expect(report).toContain('spec-kit apply\n');
    expect(report).toMatch(/TypeError: undefined is not a mission\n {4}at [\s\S]*caused by: RangeError: deeper/);
  });

  it('takes anything that can be thrown', async () => {
    for (const thrown of ['text', null, undefined, { a: 1 }]) {
      const { code, stderr } = await reported(thrown);
      reportIn(stderr);
      expect(code).toBe(70);
    }
  });
});
