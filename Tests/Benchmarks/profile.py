#!/usr/bin/env python3
"""Shows where one operation spends its instructions, by function or by library: valgrind's callgrind, the difference of
two runs.

    Tests/Benchmarks/profile.py decode tree
    Tests/Benchmarks/profile.py decode tree --of "C++, heap"
    Tests/Benchmarks/profile.py server unary --in-flight 100        a call, or a message of a streaming mode
    Tests/Benchmarks/profile.py server ping-pong --by part          the libraries, and the modules of the program

Of the programs that make bench or make bench-gate built last.
"""

import argparse
import re
import subprocess
import sys
from collections import Counter

import messages
from calls import counted
from measuring import callgrind, inputs
from measuring.paths import PROGRAMS
from measuring.rows import OURS

MODES = ["unary", "client-streaming", "server-streaming", "ping-pong"]
FEWER, MORE = 1_000, 9_000


def of_message(program, operation, name):
    if (operation, program) in messages.MISSING or not messages.is_measured(operation, name):
        sys.exit(f"profile: {program} has no {operation} {name}")
    fewer, more = messages.COUNTS.get(name, (1, 2))
    return callgrind.functions_of_operation(
        lambda count: [PROGRAMS / messages.PROGRAM_NAMES[program], operation, name, str(count), inputs.file(name)],
        fewer, more)


def of_server(mode, in_flight):
    runs = (counted.whole_server(mode, count, in_flight, callgrind.read_functions) for count in (FEWER, MORE))
    # The client makes a tenth more, to warm up.
    return callgrind.difference(*runs, (MORE - FEWER) * 1.1)


def part(function):
    """What a function belongs to: a library, or the package that its mangled name says first; generated code says ours."""
    if ".so" in function.file:
        allocates = function.file.startswith("libc.") and re.search("malloc|free|calloc|realloc|memalign", function.name)
        return "malloc and free" if allocates else function.file.split(".so")[0]
    module = re.search(r"\d(NIO|SwiftGRPC)", function.name)
    return {"NIO": "swift-nio", "SwiftGRPC": "swift-grpc"}[module[1]] if module else "other code of the program"


def by_part(own):
    parts = Counter()
    for function, count in own.items():
        parts[part(function)] += count
    return parts


def demangled(names):
    """Names of Swift and C++ as people read them."""
    text = "\n".join(names)
    for command in (["swift", "demangle", "--compact"], ["c++filt"]):
        text = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout.rstrip("\n")
    return text.split("\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("operation", choices=[*messages.OPERATIONS, "server"])
    parser.add_argument("subject", help=f"{', '.join(inputs.ALL)}; for the server {', '.join(MODES)}")
    parser.add_argument("--of", default=OURS, choices=list(messages.PROGRAM_NAMES), help="whose messages")
    parser.add_argument("--in-flight", type=int, default=1, help="calls at once")
    parser.add_argument("--by", choices=["function", "part"], default="function")
    parser.add_argument("--lines", type=int, default=25)
    arguments = parser.parse_args()
    if not callgrind.AVAILABLE:
        sys.exit("profile: needs valgrind, which counts instructions")
    subjects = MODES if arguments.operation == "server" else inputs.ALL
    if arguments.subject not in subjects:
        parser.error(f"{arguments.operation} is of {', '.join(subjects)}")
    if arguments.operation == "server":
        own = of_server(arguments.subject, arguments.in_flight)
    else:
        own = of_message(arguments.of, arguments.operation, arguments.subject)
    whole = sum(own.values())
    print(f"{arguments.operation} {arguments.subject}: {whole:,.0f} instructions, of which in")
    counts = by_part(own) if arguments.by == "part" else Counter(own)
    listed = [entry for entry in counts.most_common(arguments.lines) if entry[1] / whole > 0.0005]
    names = [where for where, _ in listed] if arguments.by == "part" else demangled(where.name for where, _ in listed)
    for (_, count), name in zip(listed, names):
        print(f"{count:>12,.0f} {count / whole:>5.1%}  {name[:140]}")


if __name__ == "__main__":
    main()
