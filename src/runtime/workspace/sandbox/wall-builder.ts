import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** keyctl(2): its number, and KEYCTL_JOIN_SESSION_KEYRING. */
const KEYCTL: Partial<Record<NodeJS.Architecture, number>> = { x64: 250, arm64: 219 };
const JOIN_SESSION = 1;

const PERL = '/usr/bin/perl';

/**
 * A program that srt takes for bubblewrap, in `folder`, which the confined cannot write to. srt leaves shared memory, semaphores and message
 * queues (System V and POSIX) as they are on the host, where those of the same user are open to be read and written, and so are the keys of
 * the session. Here they get namespaces of their own, and a keyring of their own where Perl is there to ask for it.
 */
export function wallBuilder(bwrap: string, folder: string): string {
  const path = join(folder, 'bwrap');
  const keyctl = KEYCTL[process.arch];
  const fresh =
    keyctl !== undefined && existsSync(PERL)
      ? `${PERL} -e 'syscall(${keyctl}, ${JOIN_SESSION}, 0) >= 0 || $!{ENOSYS} || $!{EPERM} or die "keyring: $!\\n"; exec { $ARGV[0] } @ARGV' `
      : '';
  writeFileSync(path, `#!/bin/sh\nexec ${fresh}'${bwrap}' --unshare-ipc --unshare-uts --unshare-cgroup-try "$@"\n`, {
    flag: 'wx',
  });
  chmodSync(path, 0o555);
  return path;
}
