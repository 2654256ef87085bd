import type { FeedEvent } from './event-feed.ts';

/** What the audit stream `spec.logs` tells: who sent which specification, what was begun with it, what people have said to it, and what was denied. */
const TYPES = [
  'specification.received',
  'mission.created',
  'mission.submitted',
  'mission.resumed',
  'mission.finished',
  'request.',
  'approval.',
  'access.',
  'token.',
  'session.',
];

export function isSpecLog({ type }: FeedEvent): boolean {
  return TYPES.some((each) => type.startsWith(`dev.agentnexus.${each}`));
}
