"""h2load, nghttp2's load generator: calls to an echo server, each answer's length checked."""

import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

from .processes import LOAD_CORES

HEADERS = ["content-type: application/grpc", "te: trailers"]


class Load(NamedTuple):
    """How many calls are in flight, and how they look."""

    connections: int
    streams: int
    message_bytes: int
    uses_tls: bool


class Outcome(NamedTuple):
    """What a run came to; latencies in µs."""

    calls: int
    calls_per_second: float
    p50: float
    p99: float


def framed_message(byte_count):
    """A message of the echo service of exactly so many encoded bytes, behind gRPC's prefix."""
    body_bytes = byte_count - 2
    while True:
        length = varint(body_bytes)
        message = b"\x0a" + length + bytes(body_bytes)
        if len(message) == byte_count:
            return b"\x00" + byte_count.to_bytes(4, "big") + message
        body_bytes -= 1


def varint(value):
    result = bytearray()
    while value > 0x7F:
        result.append(value & 0x7F | 0x80)
        value >>= 7
    result.append(value)
    return bytes(result)


# The slowest that a server may be, however busy the machine is, and what a load may take beside its calls.
LEAST_CALLS_PER_SECOND = 50
START_SECONDS = 30


def run(port, load, calls, path="/echo.Echo/Unary", deadline_seconds=None, headers=()):
    """Makes so many calls, with these headers, too; RuntimeError unless all are answered, by as many bytes and in time."""
    deadline_seconds = deadline_seconds or START_SECONDS + calls / LEAST_CALLS_PER_SECOND
    with tempfile.TemporaryDirectory() as folder:
        data, log = Path(folder) / "data", Path(folder) / "log"
        data.write_bytes(framed_message(load.message_bytes))
        scheme = "https" if load.uses_tls else "http"
        command = [
            "h2load", "-n", calls, "-c", load.connections, "-m", load.streams, "-d", data, "--log-file", log,
            *(word for header in [*HEADERS, *headers] for word in ("-H", header)), f"{scheme}://127.0.0.1:{port}{path}",
        ]
        try:
            done = subprocess.run(
                [str(word) for word in command], capture_output=True, text=True, check=True, timeout=deadline_seconds,
                preexec_fn=lambda: os.sched_setaffinity(0, LOAD_CORES))
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"h2load: {calls} calls of {path} took more than {deadline_seconds:.0f} s") from None
        succeeded = number(r"(\d+) succeeded", done.stdout)
        received = number(r"\((\d+)\) data", done.stdout)
        expected = calls * (5 + load.message_bytes)
        if succeeded != calls or received != expected:
            raise RuntimeError(f"h2load: {succeeded:.0f} of {calls} calls, {received:.0f} of {expected} bytes")
        times = sorted(int(line.split("\t")[2]) for line in log.read_text().splitlines())
        return Outcome(
            calls, number(r"([\d.]+) req/s", done.stdout), times[len(times) // 2], times[len(times) * 99 // 100])


def number(pattern, text):
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"h2load printed no '{pattern}':\n{text}")
    return float(found[1])
