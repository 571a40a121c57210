"""What a call or a message costs a server as its connections and its open streams become many: CPU time, side by side.

Each level has all servers one after the other, each round all levels; how much dearer the most is than the fewest is told
inside of a round. What a connection costs to open and to close is not counted. A server is pinned to one core, its load to
another.
"""

import contextlib
import resource

from calls import load
from measuring import stacks
from measuring.h2load import Load
from measuring.processes import SERVER_CORES, Server
from measuring.raw_http2 import Connection
from measuring.rows import OURS, Row, in_words

SECTION = "scale"
BYTES = 10
# How many connections, and how many calls are in flight on each of them. With a thousand in all, few connections have many
# calls in a packet; with one on each, none has: so the one shows what packets save, the other what connections cost.
CONNECTIONS = (1, 10, 100, 1000)
IN_FLIGHT = {
    "1 call in flight on each": lambda connections: 1,
    "1,000 calls in flight": lambda connections: 1000 // connections,
}
STREAMS = (1, 100, 10_000)
# Fewer than servers commonly allow on one connection.
STREAMS_OF_CONNECTION = 100
CALLS_BESIDE_STREAMS = Load(1, 100, BYTES, False)
# Others than the sockets of the connections: libraries, pipes, the server's own.
OTHER_DESCRIPTORS = 100


def allows_descriptors(count):
    """Raises the limit of descriptors, which servers and loads inherit, to what so many connections take; if it may."""
    least = count + OTHER_DESCRIPTORS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < least:
        needed = f"{count:,} connections take {least:,} descriptors"
        print(f"  LEFT OUT: {needed}, and the limit is {hard:,} (ulimit -Hn)", flush=True)
        return False
    if soft != resource.RLIM_INFINITY and soft < least:
        resource.setrlimit(resource.RLIMIT_NOFILE, (least, hard))
    return True


def of_connections(load_, seconds):
    """CPU µs of a call on each server."""
    found = {}
    for name, (command, path) in load.servers().items():
        with Server(command(load_), SERVER_CORES) as server, left_out_where_refused(name):
            found[name] = load.cpu_of_call(server, path, load_, seconds)
    return found


@contextlib.contextmanager
def left_out_where_refused(name):
    """Says so where a server does not answer all that is asked at once: some do not take as many streams."""
    try:
        yield
    except (RuntimeError, OSError) as error:
        if name == OURS:
            raise
        print(f"  LEFT OUT: {name}: {error}", flush=True)


@contextlib.contextmanager
def open_streams(server, count):
    """Opens streams, as many as are allowed on each connection; gives the connections and how many streams each has."""
    with contextlib.ExitStack() as held:
        opened = []
        for first in range(0, count, STREAMS_OF_CONNECTION):
            connection = Connection(server.port)
            held.callback(connection.close)
            connection.await_settings()
            streams = min(STREAMS_OF_CONNECTION, count - first)
            connection.open_streams(streams)
            opened.append((connection, streams))
        yield opened


def beside_streams(stack, count, seconds):
    """CPU µs of a call while streams are open, and of a message on one stream after the other, one at a time."""
    with Server(stack.server, SERVER_CORES) as server, open_streams(server, count) as opened:
        call = load.cpu_of_call(server, "/echo.Echo/Unary", CALLS_BESIDE_STREAMS, seconds)
        # A message for each stream at least, so that none is where it was left in a cache.
        messages = max(count, int(5_000 * seconds))
        for connection, streams in opened:
            connection.exchange_messages(streams)
        before = server.cpu_seconds()
        sent = 0
        while sent < messages:
            for connection, streams in opened:
                connection.exchange_messages(streams)
                sent += streams
        return call, (server.cpu_seconds() - before) * 1e6 / sent


def rows(title, levels, unit, values):
    """A row for each level, and one for how much dearer the last is than the first.

    `values` has {level: {stack: [of each round]}}.
    """
    for level in levels:
        if values[level]:
            yield Row(SECTION, f"{title}, {level:,} {unit}: CPU", "µs", True, values[level])
    first, last = (values[level] for level in (levels[0], levels[-1]))
    growth = {name: [b / a for a, b in zip(first[name], last[name])] for name in first if name in last}
    if growth:
        yield Row(SECTION, f"{title}, {levels[0]:,} → {levels[-1]:,} {unit}: CPU", "times", True, growth)


def note(values, found, number, rounds, title):
    for name, value in found.items():
        values.setdefault(name, []).append(value)
    line = ", ".join(f"{name} {in_words(value)}" for name, value in found.items())
    print(f"  round {number}/{rounds}, {title}, CPU µs: {line}", flush=True)


def measure(rounds, seconds, connections=CONNECTIONS, streams=STREAMS):
    """Rows of all levels."""
    for name, in_flight in IN_FLIGHT.items():
        values = {level: {} for level in connections}
        for number in range(1, rounds + 1):
            for level in connections:
                if allows_descriptors(level):
                    found = of_connections(Load(level, in_flight(level), BYTES, False), seconds)
                    note(values[level], found, number, rounds, f"{name}, {level:,} connections")
        yield from rows(f"a call, {name}", connections, "connections", values)
    calls, messages = ({level: {} for level in streams} for _ in range(2))
    for number in range(1, rounds + 1):
        for level in streams:
            found = {}
            for stack in stacks.built():
                with left_out_where_refused(stack.name):
                    found[stack.name] = beside_streams(stack, level, seconds)
            for index, (kind, values) in enumerate((("a call", calls), ("a message", messages))):
                of_kind = {name: both[index] for name, both in found.items()}
                note(values[level], of_kind, number, rounds, f"{kind}, {level:,} open streams")
    yield from rows("a call, 100 in flight", streams, "open streams", calls)
    yield from rows("a message, one at a time", streams, "open streams", messages)
