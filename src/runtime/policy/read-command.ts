/** What a shell would make something of: such a line is no list of words. */
const SHELL = /[;&|<>$`()\n\r\0*?[\]{}~#!]/;

/**
 * The words of a command line if it is nothing but words: plain ones, `'quoted'` and `"quoted"`. Undefined for everything that a shell would act
 * on (operators, substitutions, globs, comments, assignments before the program), so that what is decided about is what would run.
 */
export function readCommand(line: string): [string, ...string[]] | undefined {
  const words: string[] = [];
  const token = /[ \t]+|((?:'[^']*'|"[^"\\$`!]*"|[^\s'"\\])+)/y;
  for (token.lastIndex = 0; token.lastIndex < line.length;) {
    const match = token.exec(line);
    if (match === null) return undefined;
    if (match[1] === undefined) continue;
    const bare = match[1].replace(/'[^']*'|"[^"]*"/g, '');
    if (SHELL.test(bare) || /[\n\r\0]/.test(match[1])) return undefined;
    words.push(match[1].replace(/'([^']*)'|"([^"]*)"/g, '$1$2'));
  }
  const [program, ...rest] = words;
  if (program === undefined || program === '' || program.includes('=')) return undefined;
  return [program, ...rest];
}
