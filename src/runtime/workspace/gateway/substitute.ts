import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';

/** What is put for what, wherever it stands in a text. */
export interface Substitution {
  find: string;
  put: string;
}

/** Shorter texts than this are no secrets: putting a mark for each `a` would help nobody. */
const SHORTEST = 6;

const SECRET_MARK = '[secret]';

/** A mark for each secret, in the forms in which one is passed on without being changed: as it is, within JSON, in base64, in an address. */
export function secretSubstitutions(secrets: Iterable<string>): Substitution[] {
  const forms = [...secrets].filter(({ length }) => length >= SHORTEST).flatMap(formsOf);
  return longestFirst([...new Set(forms)].map((find) => ({ find, put: SECRET_MARK })));
}

/** The places of this run, which are others in the next, by name; and back again. */
export function placeSubstitutions(places: Readonly<Record<string, string>> = {}): Substitution[] {
  return longestFirst(Object.entries(places).map(([name, find]) => ({ find, put: placeMark(name) })));
}

export function placesBack(places: Readonly<Record<string, string>> = {}): Substitution[] {
  return Object.entries(places).map(([name, put]) => ({ find: placeMark(name), put }));
}

/** The text with everything put in. */
export function substitute(text: string, substitutions: readonly Substitution[]): string {
  return substitutions.reduce((done, { find, put }) => (done.includes(find) ? done.replaceAll(find, () => put) : done), text);
}

/** A value with everything put in, in its texts and in its keys. */
export function substituteIn(value: JsonValue, substitutions: readonly Substitution[]): JsonValue {
  if (typeof value === 'string') return substitute(value, substitutions);
  if (Array.isArray(value)) return value.map((item: JsonValue) => substituteIn(item, substitutions));
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).flatMap(([key, item]): [string, JsonValue][] =>
    item === undefined ? [] : [[substitute(key, substitutions), substituteIn(item, substitutions)]],
  );
  return Object.fromEntries(members) satisfies JsonObject;
}

const placeMark = (name: string): string => `{{agentnexus:${name}}}`;

function formsOf(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const bytes = Buffer.from(secret);
  return [
    secret,
    inJson,
    JSON.stringify(inJson).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString('hex'),
    ...inBase64(bytes),
  ];
}

/** Within a longer base64 text a secret begins at one of three places; the characters at its edges belong to its neighbours too. */
function inBase64(bytes: Buffer): string[] {
  const inner = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    const whole = Math.floor((shift + bytes.length) / 3) * 4;
    return text.slice(shift === 0 ? 0 : 4, whole);
  });
  const long = inner.filter(({ length }) => length >= SHORTEST);
  return [...long, ...long.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))];
}

function longestFirst(list: readonly Substitution[]): Substitution[] {
  return list.filter(({ find }) => find !== '').toSorted((a, b) => b.find.length - a.find.length);
}
