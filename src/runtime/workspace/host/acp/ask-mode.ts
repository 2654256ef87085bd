import { type ClientContext, methods, type NewSessionResponse } from '@agentclientprotocol/sdk';

/**
 * Puts a session into the mode in which its agent asks before it acts. Returns why that cannot be: an agent that is not sure to ask is not worked
 * with. Modes are set by `session/set_mode`, or by a configuration option of the category `mode`, which has come to stand for it.
 */
export async function setAskMode(
  agent: ClientContext,
  { sessionId, modes, configOptions }: NewSessionResponse,
  mode: string,
): Promise<string | undefined> {
  if (modes != null) {
    const names = modes.availableModes.map(({ id }) => id);
    if (!names.includes(mode)) return cannot(mode, names);
    // Also where it says that it is in that mode: some say so and act otherwise until they are told.
    await agent.request(methods.agent.session.setMode, { sessionId, modeId: mode });
    return undefined;
  }
  const option = configOptions?.find(({ category, type }) => category === 'mode' && type === 'select');
  if (option?.type !== 'select') return cannot(mode, []);
  const names = option.options.flatMap((each) => ('value' in each ? [each.value] : each.options.map(({ value }) => value)));
  if (!names.includes(mode)) return cannot(mode, names);
  const answer = await agent.request(methods.agent.session.setConfigOption, { sessionId, configId: option.id, value: mode });
  const now = answer.configOptions.find(({ id }) => id === option.id);
  return now?.currentValue === mode ? undefined : `It was asked to go into the mode ${mode}, and did not.`;
}

const cannot = (mode: string, names: readonly string[]): string =>
  `It has no mode ${mode}, in which it would ask before it acts${names.length === 0 ? '' : ` (it has ${names.join(', ')})`}.`;
