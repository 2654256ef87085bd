import { defineConfig } from 'vitest/config';

// A test that fails and then passes is flaky: the run goes on, and the closing lines name it.
const shared = { pool: 'forks', testTimeout: 30_000, hookTimeout: 30_000, retry: 1 } as const;

export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ['default', './test/reporters/closing-line.ts'],
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/interop/**', '**/fixtures/**'],
        },
      },
      { test: { ...shared, name: 'interop', include: ['test/interop/**/*.test.ts'], testTimeout: 120_000 } },
    ],
  },
});
