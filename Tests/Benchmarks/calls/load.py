"""Servers under the load of h2load, side by side: CPU time a call, calls a second, latency, peak memory.

A server is pinned to one core and h2load to another. In each round, each load meets each server once, one server after
the other, so that what else the machine does hits all of them alike; ratios are made inside of a round.
"""

import shutil
import subprocess

from measuring import h2load, stacks
from measuring.h2load import Load
from measuring.paths import OUTPUT
from measuring.processes import SERVER_CORES, Server
from measuring.rows import Row, in_words

SECTION = "server under h2load"
FLOOR = "nghttpd"
LOADS = {
    f"{size}, {flight} in flight{', TLS' if tls else ''}": Load(connections, streams, byte_count, tls)
    for tls in (False, True)
    for size, byte_count in (("10 B", 10), ("16 KiB", 16 << 10))
    for flight, connections, streams in (("1", 1, 1), ("100", 1, 100), ("8 × 100", 8, 100))
}
LOADS["1 MiB, 10 in flight"] = Load(1, 10, 1 << 20, False)
QUICK = ["10 B, 1 in flight", "10 B, 100 in flight", "16 KiB, 100 in flight", "10 B, 100 in flight, TLS"]
# What is measured of a load: its name, unit, and whether less is better.
FIGURES = {
    "cpu": ("CPU a call", "µs", True),
    "rate": ("calls", "1/s", False),
    "p50": ("latency, median", "µs", True),
    "p99": ("latency, 99 %", "µs", True),
    "memory": ("peak memory", "MB", True),
}
MOST_CALLS = 400_000


def certificate():
    """A certificate of this run's own and its key, as files."""
    files = OUTPUT / "certificate.pem", OUTPUT / "key.pem"
    if not all(file.exists() for file in files):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
             "30", "-subj", "/CN=localhost", "-out", files[0], "-keyout", files[1]],
            check=True, capture_output=True)
    return files


def servers():
    """What starts each server, as a function of a load; and the path of its method."""
    found = {}
    for stack in stacks.built():
        found[stack.name] = (
            lambda load, stack=stack: stack.server + (list(certificate()) if load.uses_tls else []), "/echo.Echo/Unary")
    if shutil.which("nghttpd"):
        found[FLOOR] = (floor_command, "/answer")
    return found


def floor_command(load):
    """nghttpd, which answers with a file: what HTTP/2 alone costs with the same C library."""
    folder = OUTPUT / f"htdocs-{load.message_bytes}"
    folder.mkdir(exist_ok=True)
    (folder / "answer").write_bytes(h2load.framed_message(load.message_bytes))
    command = ["nghttpd", "-a", "127.0.0.1", "-d", folder]
    if not load.uses_tls:
        return [*command, "--no-tls", "0"]
    chain, key = certificate()
    return [*command, "0", key, chain]


def measure_once(command, path, load, seconds):
    """Starts a server, warms it up, and lets it answer for about so long."""
    with Server(command, SERVER_CORES) as server:
        at_once = load.connections * load.streams
        few = max(2 * at_once, 20 if load.message_bytes > 1 << 16 else 500)
        rate = h2load.run(server.port, load, few, path).calls_per_second
        calls = int(min(max(rate * seconds, few), MOST_CALLS)) // at_once * at_once
        before = server.cpu_seconds()
        outcome = h2load.run(server.port, load, calls, path)
        cpu = (server.cpu_seconds() - before) / calls
        return {
            "cpu": cpu * 1e6, "rate": outcome.calls_per_second, "p50": outcome.p50, "p99": outcome.p99,
            "memory": server.peak_memory() / 1e6,
        }


def cpu_of_calls(server, path, load, calls):
    """CPU µs of so many calls, with the opening and closing of their connections; and how many were made in a second."""
    before = server.cpu_seconds()
    rate = h2load.run(server.port, load, calls, path).calls_per_second
    return (server.cpu_seconds() - before) * 1e6, rate


def cpu_of_call(server, path, load, seconds):
    """CPU µs of one call without its share of the connections: what many calls cost more than few on as many of them."""
    at_once = load.connections * load.streams
    few = -(-(20 if load.message_bytes > 1 << 16 else 1000) // at_once) * at_once
    rate = cpu_of_calls(server, path, load, few)[1]
    of_few = cpu_of_calls(server, path, load, few)[0]
    # So many more that it does not matter if the connections cost a little more the one time than the other.
    calls = max(int(min(rate * seconds, MOST_CALLS)) // at_once * at_once, 20 * few)
    return (cpu_of_calls(server, path, load, calls)[0] - of_few) / (calls - few)


def measure(rounds, seconds, names):
    """Rows of all figures of the named loads."""
    values = {(name, figure): {} for name in names for figure in FIGURES}
    for number in range(1, rounds + 1):
        for name in names:
            line = []
            for server, (command, path) in servers().items():
                load = LOADS[name]
                found = measure_once(command(load), path, load, seconds)
                for figure, value in found.items():
                    values[name, figure].setdefault(server, []).append(value)
                line.append(f"{server} {in_words(found['cpu'])}")
            print(f"  round {number}/{rounds}, {name}, CPU µs a call: {', '.join(line)}", flush=True)
    for name in names:
        for figure, (title, unit, lower_is_better) in FIGURES.items():
            yield Row(SECTION, f"{name}: {title}", unit, lower_is_better, values[name, figure])
