import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import { isList } from './task-lists.ts';

/** A text or number as text; undefined for nothing and blanks. */
export function textOf(value: JsonValue | undefined): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined;
}

/** What a task says besides its title, for whoever does it. */
export function detailsOf(raw: JsonObject, title: string): string | undefined {
  const description = textOf(raw['description']);
  const parts = [
    description === title ? undefined : description,
    textOf(raw['details']),
    titled('Test strategy', linesOf(raw['testStrategy'])),
    titled('Acceptance criteria', linesOf(raw['acceptanceCriteria'])),
  ].filter((part) => part !== undefined);
  // Put together by `+`, the parts are not copied until somebody reads the whole: in a large file that is after they are needed no more.
  return parts.length === 0 ? undefined : parts.reduce((whole, part) => `${whole}\n\n${part}`);
}

function titled(title: string, text: string | undefined): string | undefined {
  return text === undefined ? undefined : `${title}:\n${text}`;
}

/** A text, or a list of texts as bullets. */
function linesOf(value: JsonValue | undefined): string | undefined {
  if (!isList(value)) return textOf(value);
  const lines = value.map(textOf).filter((line) => line !== undefined);
  return lines.length === 0 ? undefined : lines.map((line) => `- ${line}`).join('\n');
}

/** Files that the task is said to make or change; those it only refers to are left out. */
export function writesOf(raw: JsonObject): string[] {
  const files = raw['relevantFiles'];
  if (!isList(files)) return [];
  return files.flatMap((file) => {
    if (!isJsonObject(file) || !/^(?:create|modify|update|add|edit|delete)/i.test(textOf(file['action']) ?? '')) return [];
    return textOf(file['path']) ?? [];
  });
}
