"""Client and server of the same stack, each a process, on the whole machine: latency, calls, messages a second.

As in load.py each round has all stacks one after the other, and ratios are made inside of a round. Where one thing goes to and
fro at a time, two processes that only send bytes (sockets.c) show how much of it the machine takes.
"""

import json
import subprocess

from measuring import stacks
from measuring.processes import Server
from measuring.rows import Row, in_words

SECTION = "client and server"
BYTES = 10
# What is made: the client's mode, calls in flight, how many to try its speed with, and how many at most.
RUNS = {
    "one call at a time": ("unary", 1, 1_000, 100_000),
    "100 calls in flight": ("unary", 100, 5_000, 1_000_000),
    "server streaming": ("server-streaming", 1, 50_000, 10_000_000),
    "client streaming": ("client-streaming", 1, 50_000, 10_000_000),
    "ping-pong on one stream": ("ping-pong", 1, 1_000, 100_000),
}
# Those of them that sockets.c can make.
OVER_SOCKETS = ("one call at a time", "ping-pong on one stream")
# The rows of a run: what they show, unit, whether less is better, and how a client's answer gives it.
FIGURES = {
    "one call at a time": [
        ("latency, median", "µs", True, lambda answer: answer["p50"]),
        ("latency, 99 %", "µs", True, lambda answer: answer["p99"]),
    ],
    "100 calls in flight": [
        ("calls", "1/s", False, lambda answer: answer["count"] / answer["seconds"]),
        ("latency, 99 %", "µs", True, lambda answer: answer["p99"]),
    ],
    "server streaming": [("messages", "1/s", False, lambda answer: answer["count"] / answer["seconds"])],
    "client streaming": [("messages", "1/s", False, lambda answer: answer["count"] / answer["seconds"])],
    "ping-pong on one stream": [("round trips", "1/s", False, lambda answer: answer["count"] / answer["seconds"])],
}


def call(stack, port, mode, count, in_flight):
    """What the client says of so many calls or messages."""
    command = [*stack.client, port, mode, count, BYTES, in_flight, *stack.client_options]
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=True, timeout=120)
    return json.loads(done.stdout)


def measure_once(stack, name, seconds):
    """Starts a server and lets the client call for about so long."""
    mode, in_flight, few, most = RUNS[name]
    with Server(stack.server) as server:
        tried = call(stack, server.port, mode, few, in_flight)
        count = min(max(int(few / tried["seconds"] * seconds), few), most) // in_flight * in_flight
        return call(stack, server.port, mode, count, in_flight)


def measure(rounds, seconds, names=tuple(RUNS)):
    """Rows of all figures of the named runs."""
    participants = stacks.built()
    if stacks.ON_LOOP.is_built:
        participants[1:1] = [stacks.ON_LOOP, stacks.BUSY_POLL]
    values = {(name, index): {} for name in names for index in range(len(FIGURES[name]))}
    for number in range(1, rounds + 1):
        for name in names:
            line = []
            floor = [stacks.SOCKETS] if name in OVER_SOCKETS and stacks.SOCKETS.is_built else []
            for stack in participants + floor:
                answer = measure_once(stack, name, seconds)
                for index, (*_, value) in enumerate(FIGURES[name]):
                    values[name, index].setdefault(stack.name, []).append(value(answer))
                line.append(f"{stack.name} {in_words(values[name, 0][stack.name][-1])}")
            title, unit, *_ = FIGURES[name][0]
            print(f"  round {number}/{rounds}, {name}, {title} ({unit}): {', '.join(line)}", flush=True)
    for name in names:
        for index, (title, unit, lower_is_better, _) in enumerate(FIGURES[name]):
            yield Row(SECTION, f"{name}: {title}", unit, lower_is_better, values[name, index])
