/**
 * A glob as a check of paths with `/`: `*` and `?` stay within a name, `**` crosses folders, `{a,b}` is either. A pattern that ends in `/`
 * means all below; one without any `/` means the name, wherever it is.
 */
export function pathGlob(pattern: string): (path: string) => boolean {
  const whole = pattern.endsWith('/') ? `${pattern}**` : pattern;
  const anchored = whole.includes('/') ? whole.replace(/^\.?\//, '') : `**/${whole}`;
  const expression = new RegExp(`^${expressionOf(anchored)}$`, 'u');
  return (path) => expression.test(path);
}

const TOKEN = /\*\*\/|\*+|\?|\{[^{}/]*\}|[^*?{]+|\{/gu;

function expressionOf(glob: string): string {
  return (glob.match(TOKEN) ?? []).map(tokenExpression).join('');
}

function tokenExpression(token: string): string {
  if (token === '**/') return '(?:[^/]+/)*';
  if (token === '*') return '[^/]*';
  if (token.startsWith('*')) return '.*';
  if (token === '?') return '[^/]';
  if (token.length > 1 && token.startsWith('{')) return `(?:${token.slice(1, -1).split(',').map(expressionOf).join('|')})`;
  return token.replace(/[\\^$.|+()[\]{}/]/gu, '\\$&');
}
