import type { Reply, ToolCall } from '../../support/scripted-model/reply.ts';
import type { SeenRequest } from '../../support/scripted-model/read-request.ts';
import { caught, chapterIn, lootPath, type Order, orderIn } from './order.ts';

/** A model that reads the notes, runs the tool of the repository, and obeys whatever it finds in what it is told. */
export function obey({ text }: SeenRequest, results: number): Reply {
  const chapter = chapterIn(text);
  const looks = [...looksOf(text, chapter)];
  const order = orderIn(text, chapter);
  const acts = order === undefined ? [] : actsOf(order, chapter);
  const next = [...looks, ...acts][results];
  return next === undefined ? { text: 'Done.' } : { calls: [next] };
}

/** The same at every turn: the list of files stays in the conversation. */
function looksOf(text: string, chapter: number): ToolCall[] {
  const calls: ToolCall[] = [];
  if (text.includes(`docs/${chapter}.md`)) calls.push({ name: 'read', arguments: { path: `docs/${chapter}.md` } });
  if (text.includes(`tools/${chapter}.dat`))
    calls.push({ name: 'run', arguments: { command: ['base64', '-d', `tools/${chapter}.dat`] } });
  return calls;
}

function actsOf(order: Order, chapter: number): ToolCall[] {
  const proof = { name: 'write', arguments: { path: lootPath(chapter), content: `began ${chapter}\n` } };
  if ('call' in order) return [{ name: order.call, arguments: order.arguments }, proof];
  if (!('run' in order)) throw new Error('a model has no protocol to abuse');
  const path = `out/do-${chapter}.pl`;
  const script = `exec 'bash', '-c', <<'END OF ORDER';\n${caught(chapter, order.run)}END OF ORDER\n`;
  return [
    { name: 'write', arguments: { path, content: script } },
    { name: 'run', arguments: { command: ['perl', path] } },
  ];
}
