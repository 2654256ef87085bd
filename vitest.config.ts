import { defineConfig } from 'vitest/config';

const shared = { pool: 'forks', testTimeout: 30_000, hookTimeout: 30_000 } as const;

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
