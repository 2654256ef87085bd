import { slug as slugOf } from '../../../base/text.ts';
import { sha256 } from '../../../base/digest.ts';

const IDENTIFIER = /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u;

/** Names that the generated code uses itself, or that would hide what every reader takes for granted. Reserved words are all lower case. */
const TAKEN = new Set(
  [
    'Array Boolean ContractViolation Date Error Fault Function Infinity Int8Array JSON Json JsonObject Map Math NaN NotImplemented Number Object',
    'Omit Partial Pick Promise Proxy Readonly Record Reflect RegExp Required Set String Symbol Uint8Array URL Validator WeakMap WeakSet',
  ].flatMap((names) => names.split(' ')),
);

const RESERVED = new Set(
  (
    'abstract any arguments as asserts async await bigint boolean break case catch class const constructor continue debugger declare default ' +
    'delete do else enum eval export extends false finally for from function get if implements import in infer instanceof interface is keyof ' +
    'let module namespace never new null number object of package private protected public readonly require return set static string super ' +
    'switch symbol this throw true try type typeof undefined unique unknown using var void while with yield toString valueOf hasOwnProperty ' +
    'isPrototypeOf propertyIsEnumerable toLocaleString then'
  ).split(' '),
);

/**
 * The type name of an element: as it was written if that is an identifier, else made of its slug. Two slugs never share a name: the name
 * leads back to its slug (`slug(typeName(x)) === x.slug`), which is unique.
 */
export function typeName(element: { name: string; slug: string }): string {
  const written = element.name.normalize('NFKC');
  const readable = /^[A-Z][A-Za-z0-9]*$/.test(written) && slugOf(written) === element.slug ? written : pascal(element.slug);
  return TAKEN.has(readable) ? `${readable}_` : readable;
}

/** `mission-prompt` → `MissionPrompt`, `v-1` → `V_1`, `3d` → `_3d`: underscores where the words would otherwise run together. */
export function pascal(slug: string): string {
  let name = '';
  for (const word of slug.split('-').filter((part) => part !== '')) name = joined(name, capital(word));
  if (!/^\p{ID_Start}/u.test(name)) name = `_${name}`;
  return IDENTIFIER.test(name) && slugOf(name) === slug
    ? name
    : `${name.replace(/[^\p{ID_Continue}]/gu, '_')}_${sha256(slug).slice(7, 15)}`;
}

function joined(name: string, word: string): string {
  return name === '' || (/[\p{Ll}\d]$/u.test(name) && /^\p{Lu}/u.test(word)) ? name + word : `${name}_${word}`;
}

function capital(word: string): string {
  const first = String.fromCodePoint(word.codePointAt(0) ?? 0x5f);
  const upper = first.toUpperCase();
  return upper.toLowerCase() === first && Array.from(upper).length === 1 ? upper + word.slice(first.length) : word;
}

/** A value name from words of any kind: `POST /missions/{id}` → `postMissionsId`. Never empty, never a reserved word. */
export function valueName(...words: string[]): string {
  const parts = words.flatMap((word) => slugOf(word).split('-')).filter((part) => part !== '');
  const name = parts.map((part, index) => (index === 0 ? part : capital(part))).join('');
  const safe = name.replace(/[^\p{ID_Continue}$]/gu, '_');
  if (safe === '') return 'unnamed';
  const short = Array.from(safe).slice(0, 60).join('');
  return !IDENTIFIER.test(short) || RESERVED.has(short) ? `_${short}` : short;
}

/** First letter lower, for the value that goes with a type: `MissionPrompt` → `missionPrompt`, `HTTPServer` → `httpServer`. */
export function lowerFirst(name: string): string {
  const head = /^\p{Lu}+(?=\p{Lu}\p{Ll})|^\p{Lu}+(?![\p{Ll}])|^\p{Lu}/u.exec(name)?.[0] ?? '';
  return head.toLowerCase() + name.slice(head.length);
}

/** Hands out names, each once: a name that is taken gets a number. */
export function nameAllocator(taken: Iterable<string> = []): (wanted: string) => string {
  const used = new Set(taken);
  return (wanted) => {
    let name = wanted;
    for (let count = 2; used.has(name); count++) name = `${wanted}${/\d$/.test(wanted) ? '_' : ''}${count}`;
    used.add(name);
    return name;
  };
}
