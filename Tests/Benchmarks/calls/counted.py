"""What our client and our server do for one call or message, in instructions and allocations.

One side runs under callgrind, the other one beside it runs free. Calls are made one at a time, or so many at once that
the counted side, which is slow, always has work: so its batches are alike.
"""

import subprocess

from measuring import callgrind
from measuring.callgrind import Counts
from measuring.paths import PROGRAMS
from measuring.processes import Server

SERVER, CLIENT = PROGRAMS / "server-ours", PROGRAMS / "client-ours"
BYTES = 8
DEADLINE_SECONDS = 120


def client_command(port, mode, count, in_flight):
    return [str(word) for word in (CLIENT, port, mode, count, BYTES, in_flight, "loop")]


def on_client(mode, fewer, more, in_flight=1):
    """Counts of the client for one of what a mode makes."""
    with Server([SERVER]) as server:
        # The client makes a tenth more, to warm up.
        counts = callgrind.of_operation(
            lambda count: client_command(server.port, mode, count, in_flight), fewer, more)
    return Counts(*(value / 1.1 for value in counts))


def on_server(mode, fewer, more, in_flight=1):
    """Counts of the server for one of what a mode makes."""
    first, second = (whole_server(mode, count, in_flight) for count in (fewer, more))
    return Counts(*((b - a) / (more - fewer) / 1.1 for a, b in zip(first, second)))


def whole_server(mode, count, in_flight, read=callgrind.read_counts):
    def use(server):
        subprocess.run(
            client_command(server.port, mode, count, in_flight), check=True, stdout=subprocess.DEVNULL,
            timeout=DEADLINE_SECONDS)

    return callgrind.of_server([SERVER], use, read)


OPERATIONS = {
    "unary call, server": lambda: on_server("unary", 500, 10_500),
    "unary call, client": lambda: on_client("unary", 500, 10_500),
    "unary call, 100 in flight, server": lambda: on_server("unary", 1_000, 9_000, 100),
    "unary call, 100 in flight, client": lambda: on_client("unary", 1_000, 9_000, 100),
    "message sent, client": lambda: on_client("client-streaming", 5_000, 105_000),
    "message received, client": lambda: on_client("server-streaming", 5_000, 105_000),
    "message sent, server": lambda: on_server("server-streaming", 5_000, 105_000),
    "message received, server": lambda: on_server("client-streaming", 5_000, 105_000),
    "round trip on a stream, server": lambda: on_server("ping-pong", 500, 10_500),
    "round trip on a stream, client": lambda: on_client("ping-pong", 500, 10_500),
}
