/**
 * A process of its own that checks documents: a JSON list of their paths on stdin, the product as its folder; on descriptor 3 each finding as a
 * line of JSON, then how many there were. What compiling thousands of schemas takes is given back when it ends.
 */
import { readFileSync, writeSync } from 'node:fs';

import { checkDocuments } from './documents.ts';
import type { Finding } from './report.ts';

const paths = JSON.parse(readFileSync(0, 'utf8')) as string[];
const findings = checkDocuments(paths, '.');
for (const finding of findings) say(finding);
say(findings.length);

function say(value: Finding | number): void {
  const line = Buffer.from(`${JSON.stringify(value)}\n`);
  for (let at = 0; at < line.length;) at += writeSync(3, line, at);
}
