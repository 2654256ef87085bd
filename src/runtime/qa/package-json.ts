import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { Finding } from './report.ts';

/** What must be so in any package that is to be installed, built and tested elsewhere. `missing`: declared packages that are not there. */
export function checkPackageJson(packageJson: JsonObject, product: string, missing: readonly string[]): Finding[] {
  const { name, version, scripts } = packageJson;
  const has = (script: string) => isJsonObject(scripts) && typeof scripts[script] === 'string';
  const faults = [
    typeof name === 'string' && /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/.test(name)
      ? ''
      : '`name` is no package name.',
    typeof version === 'string' && /^\d+\.\d+\.\d+(?:[-+].+)?$/.test(version) ? '' : '`version` is no semantic version.',
    has('build') ? '' : 'There is no `build` script.',
    has('test') ? '' : 'There is no `test` script.',
    ...missing.map((each) => `It declares ${each}, which is not available offline.`),
    ...entryPoints(packageJson).flatMap((path) =>
      existsSync(join(product, path)) ? [] : [`It names ${path}, which the build does not make.`],
    ),
  ];
  return faults.filter((message) => message !== '').map((message) => ({ code: 'QA_DOCUMENT', path: 'package.json', message }));
}

/** Files that `main`, `types`, `bin` and `exports` lead to; patterns are left alone. */
function entryPoints({ main, types, bin, exports }: JsonObject): string[] {
  const named = [main, types, bin, exports].flatMap(leaves);
  return [...new Set(named)].filter((path) => !path.includes('*'));
}

function leaves(value: JsonValue | undefined): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [];
}
