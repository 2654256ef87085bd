import type { OxlintOverride } from 'oxlint';

import { LAYERS, type Layer } from './layers.ts';

interface Pattern {
  regex: string;
  message: string;
}

/** One override per layer: what it must not import, derived from the order and the owners of the table. */
export function layerOverrides(): OxlintOverride[] {
  return LAYERS.map((layer, index) => ({
    files: [`${layer.folder}/**`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            ...upwards(layer, LAYERS.slice(index + 1)),
            ...foreign(layer),
            ALIAS,
            ...(layer.browser === true ? [NODE] : []),
          ],
        },
      ],
      ...(layer.browser === true ? { 'no-restricted-globals': ['error', ...NODE_GLOBALS] } : {}),
    },
  }));
}

/** Relative specifiers carry no layer path, so a layer is recognised by its folder name; `check-tree.ts` keeps names unique. */
function upwards(layer: Layer, higher: readonly Layer[]): Pattern[] {
  return higher.map((other) => ({
    regex: `^\\.{1,2}/(.*/)?${escape(other.folder.slice(other.folder.lastIndexOf('/') + 1))}/`,
    message: `${layer.folder} lies below ${other.folder}: imports go down the layer table only.`,
  }));
}

function foreign(layer: Layer): Pattern[] {
  const others = new Set(LAYERS.flatMap((other) => other.owns).filter((name) => !layer.owns.includes(name)));
  return [...others].map((name) => ({
    regex: packageRegex(name),
    message: `${name} is owned by ${LAYERS.filter((other) => other.owns.includes(name))
      .map((other) => other.folder)
      .join(' and ')}.`,
  }));
}

/** Ways around relative imports that the rules above would not see. */
const ALIAS: Pattern = {
  regex: '^(/|file:|#|agentnexus(/|$)|src/)',
  message: "Import the project's own files by relative path.",
};

/** What browsers do not have. Their types are known where the types of lower layers are, so that the compiler does not tell. */
const NODE: Pattern = { regex: '^node:', message: 'This layer runs in browsers.' };
const NODE_GLOBALS = ['Buffer', 'process', 'global', 'require', 'setImmediate', '__dirname', '__filename'];

function packageRegex(name: string): string {
  if (name.endsWith('/*')) return `^${escape(name.slice(0, -1))}`;
  if (name.startsWith('node:')) return `^(node:)?${escape(name.slice('node:'.length))}(/|$)`;
  return `^${escape(name)}(/|$)`;
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
