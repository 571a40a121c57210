"""The implementations of gRPC whose calls are measured, by the names that the tables have for them."""

from typing import NamedTuple

from .paths import PROGRAMS
from .rows import OURS


class Stack(NamedTuple):
    """An implementation with a server of the echo service, and a client unless it is the floor."""

    name: str
    server: list
    client: list = None
    # What the client's command ends with.
    client_options: list = []

    @property
    def is_built(self):
        return self.server[0].exists()


def _stack(name, key, client_options=(), server_options=()):
    server = [PROGRAMS / f"server-{key}", *server_options]
    return Stack(name, server, [PROGRAMS / f"client-{key}"], list(client_options))


ALL = [
    _stack(OURS, "ours"),
    _stack("grpc-swift-2", "grpc-swift-2"),
    _stack("grpc++", "cpp"),
    _stack("grpc-go", "go"),
]
# A client of ours whose tasks run on the loop of their connection; the same server.
ON_LOOP = _stack(f"{OURS}, on loop", "ours", ["loop"])
# Client and server of ours whose loops do not sleep between calls, with the client's tasks on its loop.
BUSY_POLL = _stack(f"{OURS}, busy poll", "ours", ["busy-poll", "loop"], ["busy-poll"])
# No gRPC: two processes that send one another as many bytes, one at a time, and wait for them in epoll as all others do.
SOCKETS = Stack("sockets alone", [PROGRAMS / "sockets", "server"], [PROGRAMS / "sockets", "client"])


def built():
    return [stack for stack in ALL if stack.is_built]
