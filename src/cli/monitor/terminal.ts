import { readConfig } from '../../runtime/app/config.ts';
import { openScreen, type Paint } from '../screen.ts';

/** A terminal that shows and is typed at. */
export interface MonitorTerminal {
  output: NodeJS.WriteStream;
  input: NodeJS.ReadStream;
  paint: Paint;
  /** Signs beyond ASCII can be shown. */
  unicode: boolean;
  /** What is shown is read out. */
  linear: boolean;
}

/** The terminal that `output` is, with the keyboard that belongs to it. Undefined where there is none that a screen could be drawn on. */
export async function openTerminal(
  output: NodeJS.WriteStream,
  { color, screenReader }: { color: boolean; screenReader: boolean },
): Promise<MonitorTerminal | undefined> {
  const { environment } = readConfig();
  const { stdin: input } = process;
  if (!output.isTTY || !input.isTTY || environment['TERM'] === 'dumb') return undefined;
  const { paint } = await openScreen(output, { color });
  const linear = screenReader || environment['INK_SCREEN_READER'] === 'true';
  return { output, input, paint, unicode: showsUnicode(environment), linear };
}

/** As the locale says; where nothing is said, most do. */
function showsUnicode({ LC_ALL, LC_CTYPE, LANG, TERM }: Readonly<Record<string, string | undefined>>): boolean {
  const locale = LC_ALL || LC_CTYPE || LANG || '';
  return TERM !== 'linux' && (locale === '' || /utf-?8/i.test(locale));
}

/** Puts text on the user's clipboard, as far as the terminal allows it. `false`: it is too long for that. */
export function copyToClipboard(text: string, output: NodeJS.WriteStream): boolean {
  const encoded = Buffer.from(text).toString('base64');
  // Longer ones are dropped by most terminals, without a word.
  if (encoded.length > 74_994) return false;
  output.write(`\u001b]52;c;${encoded}\u0007`);
  return true;
}
