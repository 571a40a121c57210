"""Counts what a program does: instructions, and allocations on the heap. Both repeat, unlike time."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from .processes import Server

# Swift's dictionaries have another order in each process otherwise: 2 % of writing a message with maps.
ENVIRONMENT = {**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1"}
COUNTER = ["valgrind", "-q", "--tool=callgrind"]
SERVER_DEADLINE_SECONDS = 120
AVAILABLE = shutil.which("valgrind") is not None
ALLOCATORS = {"malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc", "memalign"}
# `cfn=(12) malloc` names a function that is called, `cfn=(12)` names it again; `calls=3 …` follows. `ob=` and `cob=` name
# the programs and libraries that functions belong to in the same way.
NAMED = re.compile(r"c?(?:fn|ob)=\((\d+)\)(?: (.+))?")


class Function(NamedTuple):
    """A function, and the file of the program or library that has it."""

    file: str
    name: str


class Counts(NamedTuple):
    """What a run took, or an operation: then both are averages."""

    instructions: float
    allocations: float


def of_run(command, read=None, counter=COUNTER):
    """What a whole run of a command took: its counts, or what another function reads of what callgrind wrote."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "callgrind.out"
        words = [*counter, f"--callgrind-out-file={file}", *map(str, command)]
        subprocess.run(words, check=True, capture_output=True, env=ENVIRONMENT)
        return (read or read_counts)(file)


def of_server(command, use, read, counter=COUNTER):
    """What `read` reads of a server's whole run, while which `use` gets it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "callgrind.out"
        with Server([*counter, f"--callgrind-out-file={file}", *command]) as server:
            use(server)
            # Its end by this signal lets callgrind write what it counted.
            server.process.send_signal(signal.SIGTERM)
            server.process.wait(SERVER_DEADLINE_SECONDS)
        return read(file)


def of_operation(command, fewer, more):
    """Counts of one repetition, as the difference of two runs, so that the start is left out.

    `command` makes the command of a number of repetitions.
    """
    first, second = of_run(command(fewer)), of_run(command(more))
    return Counts(*((b - a) / (more - fewer) for a, b in zip(first, second)))


def functions_of_operation(command, fewer, more):
    """Instructions of one repetition in each function itself, {Function: instructions}, as ``of_operation``."""
    return difference(*(of_run(command(count), read_functions) for count in (fewer, more)), more - fewer)


def difference(first, second, repetitions):
    """Instructions of one repetition in each function, of two runs of which the second has so many more."""
    return {function: (second[function] - first[function]) / repetitions for function in second}


def named(line, names):
    """What a line beginning with `fn=`, `cfn=`, `ob=` or `cob=` names; `names` has what it names by its number."""
    number, name = NAMED.match(line).groups()
    if name:
        # A name may end in a recursion level or the like: malloc'2.
        names[number] = name.split("'")[0]
    return names[number]


def read_functions(file):
    """Reads the instructions of each function itself of a file that callgrind wrote, {Function: instructions}."""
    names, files = {}, {}
    own = Counter()
    library = ""
    current = Function("", "")
    is_of_call = False
    with open(file, errors="replace") as lines:
        for line in lines:
            if line.startswith(("ob=", "cob=")):
                name = named(line, files)
                if line.startswith("ob="):
                    library = Path(name).name
            elif line.startswith(("fn=", "cfn=")):
                name = named(line, names)
                if line.startswith("fn="):
                    current = Function(library, name)
            elif line.startswith("calls="):
                is_of_call = True  # the next line is what was called, with all that it called
            elif line[0] in "+-*0123456789":
                if not is_of_call:
                    own[current] += int(line.split()[1])
                is_of_call = False
    return own


def read_calls(file):
    """Reads how often each function was called of a file that callgrind wrote, {name: number}."""
    names = {}
    calls = Counter()
    called = ""
    with open(file, errors="replace") as lines:
        for line in lines:
            if line.startswith(("fn=", "cfn=")):
                called = named(line, names)
            elif line.startswith("calls="):
                calls[called] += int(line[6:].split()[0])
    return calls


def read_counts(file):
    """Reads a file that callgrind wrote."""
    calls = read_calls(file)
    with open(file, errors="replace") as lines:
        instructions = next(int(line.split()[1]) for line in lines if line.startswith("totals:"))
    return Counts(instructions, sum(calls[name] for name in ALLOCATORS))
