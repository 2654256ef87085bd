#!/usr/bin/env node
process.stderr.write(
  'error[NOT_BUILT]: The control plane (`agentnexus serve`, `worker`, `probe`) is not built yet.\n' +
    'hint: Everything that runs on one machine is in the other command: `spec-kit --help`.\n',
);
process.exitCode = 4;
