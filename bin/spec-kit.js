#!/usr/bin/env node
import { fs } from './builtin.js';

const [first, ...rest] = process.argv.slice(2);

if (rest.length === 0 && (first === '--version' || first === '-v' || first === 'version')) {
  const { name, version } = JSON.parse(fs.readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  process.stdout.write(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}\n`);
} else {
  const { launch } = await import('./launch.js');
  await launch('cli/main');
}
