"""What coding messages costs, beside swift-protobuf and protobuf for C++: a program each repeats an operation.

Counts instructions with valgrind's callgrind. Without valgrind it measures time.
"""

import subprocess
import time

from measuring import callgrind, inputs
from measuring.paths import PROGRAMS
from measuring.rows import OURS, Row, in_words

SECTION = "messages"
# encodeInto writes to memory that is there; the others make what they give.
OPERATIONS = [
    "encode", "encodeInto", "decode", "equality", "hash", "jsonEncode", "jsonDecode", "textEncode", "textDecode",
]
QUICK_OPERATIONS = ["encode", "decode", "jsonEncode", "jsonDecode"]
QUICK_INPUTS = ["small", "wide", "tree"]
PROGRAM_NAMES = {
    OURS: "messages-ours", "swift-protobuf": "messages-swift-protobuf",
    "C++, heap": "messages-cpp-heap", "C++, arena": "messages-cpp-arena",
}
# Loop counts whose difference is measured: what is small is repeated, so that noise does not matter.
COUNTS = {"small": (10, 1010), "wide": (10, 210), "fds": (2, 12), "fdssrc": (1, 4), "tree": (2, 12), "blob": (2, 12)}
# Variants of fds and packs, which only the binary format tells apart.
BINARY_ONLY = {"fdssrc", "packi1"}
# What a library does not have: C++ messages have no hash, and swift-protobuf writes to nothing but new memory.
MISSING = {("hash", "C++, heap"), ("hash", "C++, arena"), ("encodeInto", "swift-protobuf")}


def cost(program, operation, name):
    """Instructions of one repetition, or nanoseconds without valgrind."""

    def command(count):
        return [PROGRAMS / PROGRAM_NAMES[program], operation, name, str(count), inputs.file(name)]

    fewer, more = COUNTS.get(name, (1, 2))
    if callgrind.AVAILABLE:
        return callgrind.of_operation(command, fewer, more).instructions
    more *= 50
    return (nanoseconds(command(more)) - nanoseconds(command(fewer))) / (more - fewer)


def nanoseconds(command):
    start = time.perf_counter_ns()
    subprocess.run(command, check=True)
    return time.perf_counter_ns() - start


def is_measured(operation, name):
    return operation in ("encode", "encodeInto", "decode") or name not in BINARY_ONLY


def measure(operations, names):
    """Rows of the operations on the inputs, each printed when it is known."""
    unit = "instructions" if callgrind.AVAILABLE else "ns"
    for operation in operations:
        for name in filter(lambda name: is_measured(operation, name), names):
            print(f"  {operation} {name} ({unit}):", end="", flush=True)
            values = {}
            for program in PROGRAM_NAMES:
                if (operation, program) in MISSING or not (PROGRAMS / PROGRAM_NAMES[program]).exists():
                    continue
                values[program] = [cost(program, operation, name)]
                ratio = values[program][0] / values[OURS][0]
                print(f"  {program} {in_words(values[program][0])} ({ratio:.2f})", end="", flush=True)
            print(flush=True)
            yield Row(SECTION, f"{operation} {name}", unit, True, values)
