import { formatPatterns, uriPattern } from '../../../../base/schema-formats.ts';

const HEAD = `/** How a format is checked; the shapes are those that Ajv's generated code calls. */
type Check<Value> = (value: Value) => boolean;

const DATE = /^(\\d{4})-(\\d\\d)-(\\d\\d)$/;
const TIME = /^(\\d\\d):(\\d\\d):(\\d\\d(?:\\.\\d+)?)(z|([+-])(\\d\\d)(?::?(\\d\\d))?)?$/i;

/** RFC 3339 full-date that exists in the calendar. */
function isDate(text: string): boolean {
  const [, year = 0, month = 0, day = 0] = (DATE.exec(text) ?? []).map(Number);
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day >= 1 && day <= days;
}

/** RFC 3339 full-time, leap seconds included. */
function isTime(text: string, zoneRequired = true): boolean {
  const match = TIME.exec(text);
  if (match === null) return false;
  const [hour = 0, minute = 0, second = 0] = match.slice(1, 4).map(Number);
  const [zone, sign] = match.slice(4, 6);
  const [zoneHour = 0, zoneMinute = 0] = match.slice(6, 8).map((part) => Number(part ?? 0));
  if (zoneHour > 23 || zoneMinute > 59 || (zoneRequired && zone === undefined)) return false;
  if (hour <= 23 && minute <= 59 && second < 60) return true;
  const direction = sign === '-' ? -1 : 1;
  const utcMinute = minute - zoneMinute * direction;
  const utcHour = hour - zoneHour * direction - (utcMinute < 0 ? 1 : 0);
  return (utcHour === 23 || utcHour === -1) && (utcMinute === 59 || utcMinute === -1) && second < 61;
}

function isDateTime(text: string, zoneRequired = true): boolean {
  const [date = '', time = '', ...rest] = text.split(/t|\\s/i);
  return rest.length === 0 && isDate(date) && isTime(time, zoneRequired);
}

/** A regular expression that can be compiled, and means the same everywhere. */
function isRegex(text: string): boolean {
  if (/[^\\\\]\\\\Z/.test(text)) return false;
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

function isInt32(value: number): boolean {
  return Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31;
}
`;

/** `src/base/formats.ts`: every format the validators know, with the meaning the schemas were checked with. */
export function formatsFile(): string {
  const patterns = Object.entries(formatPatterns()).map(
    ([name, pattern]) => `  ${/^\w+$/.test(name) ? name : `'${name}'`}: ${pattern},\n`,
  );
  return `${HEAD}
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/m;
const URI =
  ${uriPattern()};

const isNumber: { type: 'number'; validate: Check<number> } = { type: 'number', validate: () => true };

/** The formats of JSON Schema 2020-12 and OpenAPI, by name. */
export const formats = {
  date: { validate: isDate },
  time: { validate: (text: string) => isTime(text) },
  'date-time': { validate: (text: string) => isDateTime(text) },
  'iso-time': { validate: (text: string) => isTime(text, false) },
  'iso-date-time': { validate: (text: string) => isDateTime(text, false) },
  uri: (text: string) => /[/:]/.test(text) && URI.test(text),
  regex: isRegex,
  byte: (text: string) => BASE64.test(text),
  int32: { type: 'number', validate: isInt32 },
  int64: { type: 'number', validate: Number.isInteger },
  float: isNumber,
  double: isNumber,
${patterns.join('')}} as const;
`;
}
