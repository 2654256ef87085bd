import { KEY_TABLE } from '../view/key-table.ts';
import { type Line, piece } from './line.ts';

const NAMES: Readonly<Record<string, string>> = {
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  pageUp: 'PgUp',
  pageDown: 'PgDn',
  home: 'Home',
  end: 'End',
  enter: 'Enter',
  esc: 'Esc',
  tab: 'Tab',
  space: 'Space',
};

/** A key as people call it. */
export function keyName(key: string): string {
  return NAMES[key] ?? key.replace(/^ctrl-(.)$/, (_, letter: string) => `Ctrl-${letter.toUpperCase()}`);
}

/** Every key, from the one table of keys. */
export function helpLines(): Line[] {
  return KEY_TABLE.flatMap(({ title, rows }): Line[] => [
    [piece(` ${title}`, 'bold')],
    ...rows.map(({ keys, about }): Line => [piece(`   ${keys.map(keyName).join(' ').padEnd(14)}`, 'cyan'), piece(about)]),
    [],
  ]);
}
