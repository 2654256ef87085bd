import { packageVersion, toolFolder } from './dependencies.ts';

/** Changes when the way of judging does. */
const METHOD = 'qa/3';

/** The tools that judge: name → version. */
export function qaTools(): Record<string, string> {
  const { node } = process.versions;
  return { jest: packageVersion(toolFolder('jest')), typescript: packageVersion(toolFolder('typescript')), node };
}

/** Part of the key of every verification: another version may judge otherwise. Light: reads two small files. */
export function qaVersion(tools: Readonly<Record<string, string>> = qaTools()): string {
  return [METHOD, ...Object.entries(tools).map(([name, each]) => `${name}/${each}`)].join(' ');
}
