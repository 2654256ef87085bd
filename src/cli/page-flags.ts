import { integer, string } from '@oclif/core/flags';

/** `--limit` and `--after`, for lists that may be long. `what`: what `--after` names. */
export const pageFlags = (what: string) => ({
  limit: integer({ summary: 'So many at most.', min: 1, max: 1000 }),
  after: string({ summary: 'Only those behind this one: the `next` of the page before.', helpValue: what }),
});

/** The page that the flags ask for. */
export function askedPage({ limit, after }: { limit?: number | undefined; after?: string | undefined }): {
  limit?: number;
  after?: string;
} {
  return { ...(limit !== undefined && { limit }), ...(after !== undefined && { after }) };
}
