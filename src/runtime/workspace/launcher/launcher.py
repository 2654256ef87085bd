# A small process that starts commands for a large one, as `launcher-entry.ts` does where there is no Python. It starts them by posix_spawn(3), which copies nothing of the
# process that starts: a fork of Node.js, or of Perl, takes as long as a small command itself.
# It speaks on its file descriptor 3 in the frames of `frames.ts`. When that ends, whoever gave the orders is gone, however that came about: all that runs is killed.
import errno
import os
import select
import sys

try:
    # `signal` makes enums of these, which takes a third of our start.
    from _signal import SIGKILL, valid_signals

    spawn_from_path, open_life = os.posix_spawnp, os.pidfd_open
    os.close(open_life(os.getpid()))
except (ImportError, AttributeError, OSError):
    sys.exit()  # This Python or this Linux is too old: we end before we say that we are ready.

LINK = 3
HEAD = 9  # bytes: the letter, the number of the command, the length of what follows
CHUNK = 65536
# Python ignores some, and what it starts would too. All are as cheap as those: the C library asks first how each of the others stands.
SIGNALS = valid_signals()


class Command:
    def __init__(self, number, leader, streams):
        self.number = number
        self.leader = leader  # its pid while it lives
        self.life = None  # the descriptor that tells its death
        self.streams = streams  # the letters of their news, by descriptor


commands = {}  # by number
heard = {}  # the same by descriptor, while that is open
news = bytearray()
watched = select.poll()


def serve():
    watched.register(LINK, select.POLLIN)
    orders = bytearray()
    tell(b'r', 0)
    while True:
        send()
        ready = dict(watched.poll())
        for stream in ready:
            if stream in heard:
                attend(heard[stream], stream, ready[stream])
        # Afterwards, since it opens and closes files.
        if LINK in ready:
            chunk = os.read(LINK, CHUNK)
            if not chunk:
                return
            orders += chunk
            obey(orders)


def attend(command, stream, events):
    if stream == command.life:
        bury(command)
    elif events & select.POLLIN:
        hear(command, stream)
    else:
        end(command, stream)


def obey(orders):
    while len(orders) >= HEAD:
        end = HEAD + int.from_bytes(orders[5:HEAD], 'big')
        if len(orders) < end:
            return
        number = int.from_bytes(orders[1:5], 'big')
        if orders[:1] == b'r':
            run(number, bytes(orders[HEAD:end]).split(b'\0'))
        elif number in commands:
            give_up(commands[number])
        del orders[:end]


def run(number, fields):
    folder, count = fields[0], int(fields[1])
    argv, environment = fields[2 : 2 + count], dict(entry.split(b'=', 1) for entry in fields[2 + count :])
    open_ends = []
    try:
        open_ends += os.pipe()
        open_ends += os.pipe()
        out, stdout, err, stderr = open_ends
        leader = spawn(folder, argv, environment, [(os.POSIX_SPAWN_DUP2, stdout, 1), (os.POSIX_SPAWN_DUP2, stderr, 2)])
        life = life_of(leader)
    except OSError as reason:
        for end in open_ends:
            os.close(end)
        return tell(b'f', number, str(reason.errno).encode())
    os.close(stdout)
    os.close(stderr)
    command = commands[number] = Command(number, leader, {out: b'o', err: b'e'})
    command.life = life
    for stream in out, err, life:
        heard[stream] = command
        watched.register(stream, select.POLLIN)


# Where there is no descriptor left for it, nobody would hear of its end.
def life_of(leader):
    try:
        return open_life(leader)
    except OSError:
        kill_group(leader)
        os.waitpid(leader, 0)
        raise


# The leader of a group of its own, which inherits the folder that we are in: there is no portable way to say another.
def spawn(folder, argv, environment, actions):
    how = {'file_actions': actions, 'setpgroup': 0, 'setsigdef': SIGNALS}
    os.chdir(folder)
    look_in(environment.get(b'PATH'))
    try:
        return spawn_from_path(argv[0], argv, environment, **how)
    except OSError as reason:
        if reason.errno != errno.ENOEXEC:
            raise
        # A script that names no interpreter is the shell's, as execvp(3) has it.
        return os.posix_spawn(b'/bin/sh', [b'/bin/sh', found(argv[0]), *argv[1:]], environment, **how)


# posix_spawnp(3) looks where our own PATH says.
def look_in(path):
    if path is not None:
        os.environb[b'PATH'] = path
    else:
        os.environb.pop(b'PATH', None)


def found(name):
    if b'/' in name:
        return name
    places = (os.path.join(os.fsencode(folder), name) for folder in os.get_exec_path())
    return next((place for place in places if os.access(place, os.X_OK)), name)


# Kills what is left of the group; where it is gone, lets go of pipes that others hold.
def give_up(command):
    if command.leader:
        return kill_group(command.leader)
    for stream in list(command.streams):
        let_go(command, stream)
    forget(command)


# Reads once from a stream that has something; false at its end.
def hear(command, stream):
    chunk = os.read(stream, CHUNK)
    if not chunk:
        end(command, stream)
        return False
    tell(command.streams[stream], command.number, chunk)
    return True


def end(command, stream):
    let_go(command, stream)
    if not command.leader and not command.streams:
        forget(command)


# Kills the group while the dead leader still holds its number, which could be another's afterwards.
def bury(command):
    kill_group(command.leader)
    _, status = os.waitpid(command.leader, 0)
    close(command.life)
    # All that its group has said comes before its end; 16 times is as much as a pipe can hold, and others may go on writing to it.
    for stream in list(command.streams):
        for _ in range(16):
            if not select.select([stream], [], [], 0)[0] or not hear(command, stream):
                break
    command.leader = None
    tell(b'x', command.number, str(status).encode())
    if not command.streams:
        forget(command)


def kill_group(leader):
    try:
        os.killpg(leader, SIGKILL)
    except OSError:
        pass  # Nobody is left in it.


def let_go(command, stream):
    del command.streams[stream]
    close(stream)


def close(stream):
    del heard[stream]
    watched.unregister(stream)
    os.close(stream)


def forget(command):
    tell(b'c', command.number)
    del commands[command.number]


def tell(letter, number, body=b''):
    news.extend(letter + number.to_bytes(4, 'big') + len(body).to_bytes(4, 'big') + body)


def send():
    while news:
        del news[: os.write(LINK, news)]


os.set_inheritable(LINK, False)
try:
    serve()
except (BrokenPipeError, ConnectionResetError):
    pass  # Nobody listens any more.
finally:
    for command in commands.values():
        if command.leader:
            kill_group(command.leader)
