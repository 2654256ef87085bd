import { isJsonObject, type JsonValue } from '../../../base/json.ts';

/** Events after which an answer counts as given: Responses and Messages. */
const LAST: ReadonlySet<string> = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
  'message_delta',
  'message_stop',
]);

/** Whether an event of a stream says that the answer is whole, so that an agent will act on it. */
export function endsAnswer(event: JsonValue | undefined): boolean {
  if (!isJsonObject(event)) return false;
  if (typeof event['type'] === 'string') return LAST.has(event['type']);
  const choices = [event['choices'], event['candidates']].flatMap((list) => (Array.isArray(list) ? (list as JsonValue[]) : []));
  return choices.some((choice) => isJsonObject(choice) && isSaid(choice['finish_reason'] ?? choice['finishReason']));
}

const isSaid = (reason: JsonValue | undefined): boolean => typeof reason === 'string' && reason !== '';
