import { describe, expect, it } from 'vitest';

import { buildGraph } from '../../src/spec/build-graph.ts';
import type { TaskGraph } from '../../src/spec/model.ts';
import { renderGraph } from '../../src/spec/render-graph.ts';
import { contractWith } from './bundle-of.ts';

const graph = buildGraph(await contractWith('{ a: string }'));

describe('tree', () => {
  it('shows milestones, tasks and why each waits', () => {
    expect(renderGraph(graph, 'tree')).toBe(`shop
├─ Foundation (1)
│  └─ scaffold  Package shop
├─ Contracts (2)
│  ├─ contract:thing  Contract Thing
│  │    ← scaffold: every file needs the package around it
│  └─ verify:contract:thing  Verify contract Thing
│       ← contract:thing: checks what it left behind
│       ← scaffold: every file needs the package around it
├─ Components (2)
│  ├─ component:maker  Component Maker
│  │    ← scaffold: every file needs the package around it
│  │    ← contract:thing: Maker produces and consumes Thing
│  └─ verify:component:maker  Verify component Maker
│       ← component:maker: checks what it left behind
│       ← scaffold: every file needs the package around it
│       ← contract:thing: Maker produces and consumes Thing
├─ Package (2)
│  ├─ assemble  Assemble shop
│  │    ← scaffold: the package is made of all its parts
│  │    ← contract:thing: the package is made of all its parts
│  │    ← component:maker: the package is made of all its parts
│  └─ verify:package  Verify the whole package
│       ← assemble: checks what it left behind
│       ← scaffold: the package is made of all its parts
│       ← contract:thing: the package is made of all its parts
│       ← component:maker: the package is made of all its parts
└─ Gate (1)
   └─ gate  Gate of shop
        ← verify:contract:thing: nothing is released unverified
        ← verify:component:maker: nothing is released unverified
        ← verify:package: nothing is released unverified
`);
  });
});

const HOSTILE = 'x"]; end\n\\"--> <b>`#quot;|\u{202E}\u{1B}[31m';
const hostile: TaskGraph = {
  specification: HOSTILE,
  tasks: graph.tasks.map((task) => ({
    ...task,
    title: HOSTILE,
    needs: task.needs.map((need) => ({ ...need, because: HOSTILE })),
  })),
};

describe('every form', () => {
  it.each(['tree', 'mermaid', 'dot'] as const)('%s lets no control character through', (format) => {
    expect(renderGraph(hostile, format).replaceAll('\n', '')).toMatch(/^[^\p{Cc}\p{Cf}]*$/u);
  });

  it('mermaid has nothing but harmless characters between its quotes', () => {
    const lines = renderGraph(hostile, 'mermaid').trim().split('\n').slice(1);
    for (const line of lines) expect(line).toMatch(/^ {2}(?:t\d+\["[^"`<>[\]|\\]*"\]|t\d+ -->\|"[^"`<>[\]|\\]*"\| t\d+)$/);
    expect(lines).toHaveLength(graph.tasks.length + graph.tasks.flatMap((task) => task.needs).length);
  });

  it('dot ends its strings only where it means to', () => {
    const lines = renderGraph(hostile, 'dot').trim().split('\n').slice(3, -1);
    for (const line of lines) expect(line).toMatch(/^ {2}t\d+(?: -> t\d+)? \[label="(?:[^"\\]|\\.)*"\];$/);
  });
});
