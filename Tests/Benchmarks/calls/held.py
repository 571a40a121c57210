"""What a server's memory grows by for a connection on which nothing happens, and for a stream that is open."""

import contextlib
import time

from measuring import stacks
from measuring.processes import Server
from measuring.raw_http2 import Connection
from measuring.rows import Row, in_words

SECTION = "memory held"
CONNECTIONS = 500
# Below the limit that servers commonly have for one connection.
STREAMS, STREAM_CONNECTIONS = 90, 10
# The first ones, which come before the count begins, let the server allocate what it keeps all the same.
FIRST = 50
SETTLING_SECONDS = 0.5


def connections(port, count, held):
    """Opens connections; all have been greeted by the server when this returns."""
    for _ in range(count):
        connection = Connection(port)
        held.callback(connection.close)
        connection.await_settings()
        yield connection


def settled_memory(server):
    time.sleep(SETTLING_SECONDS)
    return server.resident_memory()


def of_connection(stack):
    """Bytes of one idle connection."""
    with Server(stack.server) as server, contextlib.ExitStack() as held:
        list(connections(server.port, FIRST, held))
        before = settled_memory(server)
        list(connections(server.port, CONNECTIONS, held))
        return (settled_memory(server) - before) / CONNECTIONS


def of_stream(stack):
    """Bytes of one open stream; the connections are there before."""
    with Server(stack.server) as server, contextlib.ExitStack() as held:
        for connection in connections(server.port, 1, held):
            connection.open_streams(FIRST)
        opened = list(connections(server.port, STREAM_CONNECTIONS, held))
        before = settled_memory(server)
        for connection in opened:
            connection.open_streams(STREAMS)
        return (settled_memory(server) - before) / (STREAMS * STREAM_CONNECTIONS)


def measure():
    """Rows of both, of all stacks."""
    for name, of_one in (("an idle connection", of_connection), ("an open stream", of_stream)):
        values = {stack.name: [of_one(stack) / 1e3] for stack in stacks.built()}
        line = ", ".join(f"{stack} {in_words(value)}" for stack, [value] in values.items())
        print(f"  {name}, kB: {line}", flush=True)
        yield Row(SECTION, name, "kB", True, values)
