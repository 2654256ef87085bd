import { describe, expect, it } from 'vitest';

import { NexusError } from '../../../../src/base/errors.ts';
import { Configuration, type SectionFault } from '../../../../src/runtime/app/source/configuration.ts';

const reading = (text: string) => new Configuration({ path: '/r/.agentnexus.yaml', text, folder: '', isLocal: true });
const refuse = ({ path, message }: SectionFault) => new NexusError('CONFIG_INVALID', `${path} ${message}`);

describe('a configuration', () => {
  it('gives a section as it is written, and nothing where there is none', async () => {
    const config = reading('policy: { agents: [a] }\nqa:\n');
    expect(await config.said('policy')).toEqual({ agents: ['a'] });
    expect(await config.said('qa')).toBeNull();
    expect(await config.said('release')).toBeUndefined();
    expect(await reading('').said('qa')).toBeUndefined();
    expect(await reading('- a list\n').said('qa')).toBeUndefined();
  });

  it('is parsed once: whoever asks later gets the same', async () => {
    const config = reading('qa: { suites: [contracts] }\n');
    expect(await config.said('qa')).toBe(await config.said('qa'));
  });

  it('says where it is no YAML, to everybody who asks', async () => {
    const config = reading('a: 1\nqa: [\n');
    for (const name of ['qa', 'release']) {
      await expect(config.said(name)).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        details: { file: '/r/.agentnexus.yaml', line: 3 },
      });
    }
  });

  it('vouches for the sections that are wanted, and for no other', async () => {
    const config = reading('retention: { payloads: 90d }\nsigning: { mode: wax }\n');
    expect(await config.sections(['retention', 'release'], refuse)).toEqual({ retention: { payloads: '90d' } });
    await expect(config.sections(['signing'], refuse)).rejects.toThrow('/signing/mode');
  });

  it('counts the faults that it does not show', async () => {
    const config = reading('retention: { payloads: 1, more: 2 }\n');
    await expect(config.sections(['retention'], refuse)).rejects.toThrow(/\(and \d+ more faults?\)$/);
  });
});
