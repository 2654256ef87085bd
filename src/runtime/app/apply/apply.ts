import { NexusError } from '../../../base/errors.ts';
import type { ApplyInput, ApplyRequest, CallContext, Handler } from '../operations.ts';
import { missionSettings } from '../settings.ts';
import { openSource } from '../source/open-source.ts';
import { readingInputs } from '../source/reading.ts';
import type { MissionView } from '../views.ts';
import { knownMission } from './known-mission.ts';
import { missionTerms } from './mission-terms.ts';

/**
 * Runs a bundle's mission to its gate. Nothing is written before the specification is known to be sound; and it is not even read where the log knows what has
 * become of just this.
 */
export const apply: Handler<'apply'> = async (request, context) => {
  const { detach = false, ...asked } = request;
  const { input, finish } = await withReplay(await inputOf(asked, context), context);
  missionSettings(input);
  const source = await openSource(input, context);
  const terms = await missionTerms(input, source, context);
  const inputs = readingInputs({ source, terms }, input);
  const known = await knownMission({ source, terms, inputs }, input, context);
  if (known !== undefined) return known;
  const { applyMission } = await import('./apply-mission.ts');
  return applyMission({ source, terms, inputs, detach, finish }, input, context);
};

/** What is named by files, read. */
async function inputOf({ policy: said, ...asked }: Omit<ApplyRequest, 'detach'>, context: CallContext): Promise<ApplyInput> {
  const { bundle } = asked;
  const input =
    asked.prompt === undefined && bundle !== undefined
      ? { ...asked, bundle }
      : await (await import('../source/read-prompt.ts')).withPrompt(asked, context);
  if (said === undefined) return input;
  const { policyDocument } = await import('../policies/policy-document.ts');
  return { ...input, policy: await policyDocument(said, context) };
}

/** With `--replay`, the input by which that mission is run again, and what is to be said in the end. */
async function withReplay(
  input: ApplyInput,
  context: CallContext,
): Promise<{ input: ApplyInput; finish?: (mission: MissionView) => void }> {
  const { replay } = input;
  if (replay === undefined) return { input };
  if (input.agent !== undefined) {
    throw new NexusError('USAGE', '`--replay` takes the agent of the mission that is run again; leave `--agent` out.');
  }
  const { readReplay, compareReplay } = await import('../agents/replay-source.ts');
  const { recorded, input: again } = await readReplay({ ...input, replay }, context);
  return {
    input: again,
    finish({ state, head }) {
      if (state === 'succeeded') context.onNotice?.(compareReplay(recorded, head));
    },
  };
}
