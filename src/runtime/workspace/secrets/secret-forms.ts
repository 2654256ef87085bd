/** Bytes of the shortest secret there is: anything shorter is in every log by chance. */
export const SHORTEST_SECRET = 8;

/**
 * Every form in which a secret may turn up in what a program writes, as strings of one character for each byte: as it is; as JSON, once and twice; as in
 * an address; as hexadecimal; as base64, at each of the three places at which it can begin in something longer; and each long line of its own.
 */
export function secretForms(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8');
  const forms = new Set<string>();
  const add = (text: string): void => {
    // A piece of it, in another form, may be short: as long as this it is no accident.
    if (Buffer.byteLength(text) >= SHORTEST_SECRET) forms.add(Buffer.from(text, 'utf8').toString('latin1'));
  };
  for (const text of [value, ...linesOf(value)]) for (const form of writtenForms(text)) add(form);
  for (const encoding of ['base64', 'base64url'] as const) for (const form of base64Forms(bytes, encoding)) add(form);
  add(bytes.toString('hex'));
  add(bytes.toString('hex').toUpperCase());
  return [...forms];
}

/** A key of many lines is printed line by line. The line that only says what it is, is no secret. */
function linesOf(value: string): string[] {
  const lines = value.split(/\r?\n/);
  return lines.length === 1 ? [] : lines.map((line) => line.trim()).filter((line) => !line.startsWith('-----'));
}

function writtenForms(text: string): string[] {
  const json = jsonBody(text);
  const ascii = json.replace(/[\u007f-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const percent = encodeURIComponent(text.toWellFormed());
  const strict = percent.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = new URLSearchParams([['', text]]).toString().slice(1);
  const inAddress = [percent, strict, encodeURI(text.toWellFormed()), form, form.replaceAll('+', '%20')];
  return [
    text,
    json,
    ascii,
    json.replaceAll('/', '\\/'),
    jsonBody(json),
    ...inAddress,
    ...inAddress.map((each) => each.replaceAll('%20', '+')),
    ...inAddress.map((each) => each.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())),
  ];
}

function jsonBody(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Where other bytes stand before or after it, the characters at its ends are made of both: those in between are its own. */
function base64Forms(bytes: Buffer, encoding: 'base64' | 'base64url'): string[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString(encoding)
      .replace(/=+$/, '');
    const ownUntil = Math.floor(((before + bytes.length) * 8) / 6);
    return text.slice(Math.ceil((before * 8) / 6), ownUntil);
  });
}
