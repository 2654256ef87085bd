import fc from 'fast-check';
import { expect, it } from 'vitest';

import { hidePlaces, PLACE } from '../../../../src/runtime/app/upkeep/hide-places.ts';

const KNOWN = ['/srv/my data/work', '/home/lea/keys'];

it.each([
  ['/srv/my data/work/log.db is damaged', '/srv/my data/work/log.db is damaged'],
  ['/srv/my data is closed to uid 65534', `${PLACE} is closed to uid 65534`],
  ['/srv/other/x and /srv2/x and /srv/my data/work2/x', `${PLACE} and ${PLACE} and ${PLACE}`],
  ['keys in /home/lea/keys, made in /home/lea', `keys in /home/lea/keys, made in ${PLACE}`],
  ['bwrap: `/usr/bin/bwrap` ended (/opt/x)', `bwrap: \`${PLACE}\` ended (${PLACE})`],
  ['24.1.0 on linux x64, and/or 1/2 of it', '24.1.0 on linux x64, and/or 1/2 of it'],
  ['see https://agents.example/docs', 'see https://agents.example/docs'],
])('%s', (text, told) => expect(hidePlaces(text, KNOWN)).toBe(told));

it('names no folder that one has not been told of', () => {
  const name = fc.stringMatching(/^[a-z ]{1,8}[a-z]$/);
  fc.assert(
    fc.property(fc.array(name, { minLength: 2, maxLength: 5 }), fc.nat(), (names, cut) => {
      const workspace = `/${names.join('/')}`;
      const above = `/${names.slice(0, 1 + (cut % (names.length - 1))).join('/')}`;
      expect(hidePlaces(`${above} is closed`, [workspace])).toBe(`${PLACE} is closed`);
    }),
  );
});
