# A small process that starts commands for a large one, as `launcher-entry.ts` does where there is no Perl: to fork this one takes a tenth of the time.
# It speaks on its file descriptor 3 in the frames of `frames.ts`. When that ends, whoever gave the orders is gone, however that came about: all that runs is
# killed. It loads no module that makes it larger, since that makes starting dearer.
use strict;

my $EINTR = 4;
my $WNOHANG = 1;
# A child may end between the look for it and the wait for the next event, so no wait is longer than this, in seconds; and short ones follow the end of a
# stream, which comes before that of the child.
my $LONGEST_WAIT = 0.1;
my $SHORT_WAIT = 0.0005;

$SIG{PIPE} = sub { };    # Not 'IGNORE', which those would inherit that are started here.
$SIG{CHLD} = sub { };    # Wakes `select`.
open my $link, '+<&=', 3 or die "no channel: $!\n";
# Here those speak that could not become the command.
pipe my $faults, my $fault or die "no pipe: $!\n";

my ($orders, $environment, $watched, $wait) = ('', '', '', $LONGEST_WAIT);
my %commands;    # by id: { id, leader: pid while it lives, streams: handles by the letter of their news }
my %leaders;     # the same by pid, while that lives
vec($watched, 3, 1) = 1;

say_(news('r', 0, ''));
while (1) {
  my $ready = $watched;
  if (select($ready, undef, undef, %leaders ? $wait : undef) > 0) {
    # By what names them: what ends is forgotten on the way.
    for my $command (map { $commands{$_} } keys %commands) {
      for (keys %{ $command->{streams} }) { hear($command, $_) if vec $ready, fileno $command->{streams}{$_}, 1 }
    }
    # Afterwards, since it opens and closes files.
    obey() if vec $ready, 3, 1;
  }
  $wait = $wait * 2 > $LONGEST_WAIT ? $LONGEST_WAIT : $wait * 2;
  while ((my $pid = waitpid -1, $WNOHANG) > 0) { bury($pid, $?) }
}

sub obey {
  sysread $link, $orders, 65536, length $orders or leave();
  while (length $orders >= 9) {
    my ($type, $id, $length) = unpack 'a N N', $orders;
    last if length $orders < 9 + $length;
    my $body = substr $orders, 9, $length;
    substr $orders, 0, 9 + $length, '';
    if ($type eq 'r') { start($id, split /\0/, $body, -1) }
    elsif (my $command = $commands{$id}) { end($command) }
  }
}

sub start {
  my ($id, $folder, $count, @rest) = @_;
  my @argv = splice @rest, 0, $count;
  my $wanted = join "\0", @rest;
  if ($wanted ne $environment) {
    %ENV = map { split /=/, $_, 2 } @rest;
    $environment = $wanted;
  }
  my ($pid, $out, $err, $stdout, $stderr);
  if (!pipe($out, $stdout) || !pipe($err, $stderr) || !defined($pid = fork)) { return say_(news('f', $id, $! + 0)) }
  if ($pid == 0) {
    setpgrp 0, 0;
    if (open(STDOUT, '>&', $stdout) && open(STDERR, '>&', $stderr) && chdir $folder) { exec { $argv[0] } @argv }
    syswrite $fault, pack 'N N', $$, $!;
    kill KILL => $$;
  }
  # Both do it: neither may be met without.
  setpgrp $pid, $pid;
  vec($watched, fileno $_, 1) = 1 for $out, $err;
  $commands{$id} = $leaders{$pid} = { id => $id, leader => $pid, streams => { o => $out, e => $err } };
}

# Kills what is left of the group; where it is gone, lets go of pipes that others hold.
sub end {
  my ($command) = @_;
  if ($command->{leader}) { kill KILL => -$command->{leader} }
  else { forget($command) }
}

# Reads once from a stream that has something; false at its end.
sub hear {
  my ($command, $letter) = @_;
  if (sysread $command->{streams}{$letter}, my $bytes, 65536) { return say_(news($letter, $command->{id}, $bytes)) }
  $wait = $SHORT_WAIT;
  vec($watched, fileno(delete $command->{streams}{$letter}), 1) = 0;
  if (!$command->{leader} && !%{ $command->{streams} }) { say_(news('c', $command->{id}, '')); forget($command) }
  return 0;
}

sub bury {
  my ($pid, $status) = @_;
  my $command = delete $leaders{$pid} or return;
  kill KILL => -$pid;
  # All that its group has said comes before its end; 16 times is as much as a pipe can hold, and others may go on writing to it.
  for my $letter (keys %{ $command->{streams} }) {
    for (1 .. 16) { last unless has_news($command->{streams}{$letter}) && hear($command, $letter) }
  }
  delete $command->{leader};
  my $errno = $status == 9 && fault($pid);
  my $end = $errno ? news('f', $command->{id}, $errno) : news('x', $command->{id}, $status);
  if ($errno || !%{ $command->{streams} }) {
    $end .= news('c', $command->{id}, '');
    forget($command);
  }
  say_($end);
}

# What kept the process from becoming its command; nothing if it was only killed.
sub fault {
  my ($pid) = @_;
  our %faults;
  while (has_news($faults)) {
    sysread $faults, my $bytes, 8;
    my ($whose, $errno) = unpack 'N N', $bytes;
    $faults{$whose} = $errno;
  }
  return delete $faults{$pid};
}

sub has_news {
  my $waiting = '';
  vec($waiting, fileno $_[0], 1) = 1;
  return select($waiting, undef, undef, 0) > 0;
}

sub forget {
  my ($command) = @_;
  vec($watched, fileno $_, 1) = 0 for values %{ $command->{streams} };
  delete $commands{ $command->{id} };
}

sub news { pack 'a N N/a*', @_ }

sub say_ {
  my ($bytes) = @_;
  while (length $bytes) {
    my $sent = syswrite $link, $bytes;
    if ($sent) { substr $bytes, 0, $sent, '' }
    elsif ($! != $EINTR) { leave() }
  }
  return 1;
}

sub leave {
  kill KILL => map { -$_ } keys %leaders;
  exit;
}
