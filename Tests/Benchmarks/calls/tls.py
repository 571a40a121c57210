"""What TLS adds to the CPU time of a call, and what OpenSSL's records alone take that a call needs.

In each round a server of each stack without TLS and one with it answer the same load in turns. The records are read and
written by records.c, and hold as many calls as our server's do, which answers many calls in parts; what it takes to get
them to and from the socket is not in there. For our server and nghttpd, a server in C, the same is told in instructions,
which repeat; those of the kernel are not among them.
"""

import os
import subprocess

from calls import load
from measuring import callgrind, h2load, stacks
from measuring.paths import PROGRAMS
from measuring.processes import SERVER_CORES, Server
from measuring.rows import OURS, Row, in_words

SECTION = "what TLS adds"
ALONE = "OpenSSL's records"
# The servers whose instructions are counted.
COUNTED = [OURS, load.FLOOR]
LOADS = ["10 B, 1 in flight", "10 B, 100 in flight", "16 KiB, 100 in flight"]
TURNS = 2
EXCHANGES = 20_000
FEWER, MORE = 500, 3_000
DEADLINE_SECONDS = 120
RECORD_BYTES = 16 << 10
# What our server calls once for each batch of answers.
WRITE = "SSL_write_ex"
# "https" takes more to check than "http".
SAME_FIELDS = [":scheme: https"]
# What counts instructions. glibc copies and clears long runs with one repeated instruction, each byte of which would
# count as one; loops over vectors, which it has for shorter ones, come closer to what such runs cost.
COUNTER = [
    "env", "GLIBC_TUNABLES=glibc.cpu.x86_rep_movsb_threshold=1000000000:glibc.cpu.x86_rep_stosb_threshold=1000000000",
    *callgrind.COUNTER,
]
# What a call has beside its message: frame headers (RFC 9113, 4.1), gRPC's prefix, and fields, which HPACK has seen
# before, but for the path and the length of h2load's request, which are spelled out each time.
REQUEST_OVERHEAD = 9 + 25 + 9 + 5
ANSWER_OVERHEAD = 9 + 2 + 9 + 5 + 9 + 1


def calls_of_record(load_):
    """How many calls share a record: small ones that are in flight together, as far as our server answers them at once."""
    fits = max(1, min(load_.streams, RECORD_BYTES // (max(REQUEST_OVERHEAD, ANSWER_OVERHEAD) + load_.message_bytes)))
    if fits == 1 or not counts_instructions():
        return fits
    written = of_call(*load.servers()[OURS], load_._replace(uses_tls=True), lambda file: callgrind.read_calls(file)[WRITE])
    return max(1, min(fits, round(1 / written)))


def records_command(load_, calls):
    """What exchanges records that so many calls of a load share."""
    sizes = [overhead + load_.message_bytes for overhead in (REQUEST_OVERHEAD, ANSWER_OVERHEAD)]
    return [PROGRAMS / "records", *load.certificate(), *(size * calls for size in sizes)]


def records_alone(load_, calls):
    """CPU µs of the records of one call, of which so many share one."""
    done = subprocess.run(
        [str(word) for word in [*records_command(load_, calls), EXCHANGES]], capture_output=True, text=True, check=True,
        preexec_fn=lambda: os.sched_setaffinity(0, SERVER_CORES))
    return float(done.stdout) / 1e3 / calls


def instructions_of_records(load_, calls):
    """Instructions of the records of one call, of which so many share one."""
    count = 200
    command = [*records_command(load_, calls), count]
    return callgrind.of_run(command, counter=[*COUNTER, "--toggle-collect=serve"]).instructions / count / calls


def of_call(command, path, load_, read):
    """What `read` reads for one call of what callgrind wrote of a server, its start and end left out."""
    def of_server(calls):
        return callgrind.of_server(
            command(load_), lambda server: h2load.run(server.port, load_, calls, path, DEADLINE_SECONDS, SAME_FIELDS),
            read, COUNTER)

    return (of_server(MORE) - of_server(FEWER)) / (MORE - FEWER)


def instructions_added(command, path, load_):
    """Instructions that a call with TLS takes more than one without."""
    plain, secure = (
        of_call(command, path, load_._replace(uses_tls=uses_tls), lambda file: callgrind.read_counts(file).instructions)
        for uses_tls in (False, True))
    return secure - plain


def counts_instructions():
    return callgrind.AVAILABLE and any(stack.name == OURS for stack in stacks.built())


def added(command, path, load_, seconds):
    """CPU µs that a call with TLS takes more than one without."""
    spent = {}
    commands = command(load_), command(load_._replace(uses_tls=True))
    with Server(commands[0], SERVER_CORES) as plain, Server(commands[1], SERVER_CORES) as secure:
        for _ in range(TURNS):
            for server, uses_tls in ((plain, False), (secure, True)):
                cost = load.cpu_of_call(server, path, load_._replace(uses_tls=uses_tls), seconds / TURNS)
                spent.setdefault(uses_tls, []).append(cost)
    # The least of the turns is the one that the rest of the machine disturbed least.
    return min(spent[True]) - min(spent[False])


def measure(rounds, seconds, names=tuple(LOADS)):
    """Rows of all loads."""
    values = {name: {} for name in names}
    shared = {name: calls_of_record(load.LOADS[name]) for name in names}
    for number in range(1, rounds + 1):
        for name in names:
            load_ = load.LOADS[name]
            found = {server: added(command, path, load_, seconds) for server, (command, path) in load.servers().items()}
            found[ALONE] = records_alone(load_, shared[name])
            for server, value in found.items():
                values[name].setdefault(server, []).append(value)
            line = ", ".join(f"{server} {in_words(value)}" for server, value in found.items())
            print(f"  round {number}/{rounds}, {name}, CPU µs added by TLS: {line}", flush=True)
    for name in names:
        yield Row(SECTION, f"{name}: CPU that TLS adds to a call", "µs", True, values[name])
        if counts_instructions():
            load_ = load.LOADS[name]
            servers = load.servers()
            found = {
                server: [instructions_added(*servers[server], load_)] for server in COUNTED if server in servers}
            found[ALONE] = [instructions_of_records(load_, shared[name])]
            yield Row(SECTION, f"{name}: instructions that TLS adds to a call", "instructions", True, found)
