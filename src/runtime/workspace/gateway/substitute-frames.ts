import { isJsonObject, type JsonObject, type JsonValue, parsedJson } from '../../../base/json.ts';
import { frameData, withFrameData } from './frames.ts';
import { type Substitution, substitute, substituteIn } from './substitute.ts';

/**
 * Frames with everything put in, also where a text is told in pieces and what is looked for lies across them: the pieces of one text are the values at the
 * same place of one frame after another. Frames in which nothing is found are kept byte by byte.
 */
export function substituteFrames(frames: readonly string[], substitutions: readonly Substitution[]): string[] {
  if (substitutions.length === 0) return [...frames];
  const whole = frames.map((frame) => substituteFrame(frame, substitutions));
  const parsed = whole.map((frame) => parse(frame));
  const texts = new Map<string, Piece[]>();
  for (const [index, value] of parsed.entries()) if (isJsonObject(value)) gather(value, { index, texts });
  const touched = new Set<number>();
  for (const pieces of texts.values()) for (const { frame } of putAcross(pieces, substitutions)) touched.add(frame);
  return whole.map((frame, index) => (touched.has(index) ? withFrameData(frame, JSON.stringify(parsed[index])) : frame));
}

function substituteFrame(frame: string, substitutions: readonly Substitution[]): string {
  const value = parse(frame);
  if (value === undefined) return substitute(frame, substitutions);
  const put = substituteIn(value, substitutions);
  const text = JSON.stringify(put);
  return text === JSON.stringify(value) ? frame : withFrameData(frame, text);
}

/** A text of one frame, in the object that holds it. */
interface Piece {
  frame: number;
  holder: JsonObject;
  key: string;
}

function parse(frame: string): JsonValue | undefined {
  const data = frameData(frame);
  return data === undefined ? undefined : parsedJson(data);
}

/** Files each text under its place; of what runs side by side, the numbers tell which is which. */
function gather(value: JsonObject, { index, texts }: { index: number; texts: Map<string, Piece[]> }, place = ''): void {
  const own = [value['type'], value['index'], value['output_index'], value['content_index']]
    .filter((item) => typeof item !== 'object')
    .join();
  for (const [key, item] of Object.entries(value)) {
    const at = `${place}/${own}.${key}`;
    if (typeof item === 'string') fileUnder(texts, at, { frame: index, holder: value, key });
    else for (const child of Array.isArray(item) ? item : [item]) if (isJsonObject(child)) gather(child, { index, texts }, at);
  }
}

function fileUnder(texts: Map<string, Piece[]>, at: string, piece: Piece): void {
  const list = texts.get(at);
  if (list === undefined) texts.set(at, [piece]);
  else list.push(piece);
}

/** Puts the mark into the first piece that what was found touches, and takes the rest of it out of the others. */
function putAcross(pieces: readonly Piece[], substitutions: readonly Substitution[]): Piece[] {
  const changed: Piece[] = [];
  for (const { find, put } of substitutions) {
    let joined = pieces.map(textOf).join('');
    for (let at = joined.indexOf(find); at !== -1; at = joined.indexOf(find, at + put.length)) {
      changed.push(...cutOut(pieces, { from: at, to: at + find.length, put }));
      joined = pieces.map(textOf).join('');
    }
  }
  return changed;
}

function cutOut(pieces: readonly Piece[], { from, to, put }: { from: number; to: number; put: string }): Piece[] {
  const touched: Piece[] = [];
  let start = 0;
  for (const piece of pieces) {
    const text = textOf(piece);
    const end = start + text.length;
    if (end > from && start < to) {
      const mark = touched.length === 0 ? put : '';
      (piece.holder as Record<string, JsonValue>)[piece.key] =
        text.slice(0, Math.max(0, from - start)) + mark + text.slice(Math.max(0, to - start));
      touched.push(piece);
    }
    start = end;
  }
  return touched;
}

const textOf = ({ holder, key }: Piece): string => {
  const text = holder[key];
  return typeof text === 'string' ? text : '';
};
