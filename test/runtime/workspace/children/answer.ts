import { answerAside } from '../../../../src/runtime/workspace/aside.ts';
import { NexusError } from '../../../../src/base/errors.ts';

await answerAside(({ how, what }: { how: string; what?: Set<number> }) => {
  if (how === 'refuse') throw new NexusError('NOT_FOUND', 'It is not there.', { hint: 'Look elsewhere.', details: { at: 1 } });
  if (how === 'break') throw new TypeError('it broke');
  if (how === 'leave') process.exit(3);
  return new Set([...(what ?? [])].map((each) => each * 2));
});
