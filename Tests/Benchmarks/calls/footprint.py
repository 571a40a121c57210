"""What a server takes before it is used: time to its first answer, memory, size, and the time to build it.

The shared libraries are all that the server loads, the C library's too.
"""

import os
import re
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from measuring import builds, stacks
from measuring.processes import Server
from measuring.raw_http2 import Connection
from measuring.rows import OURS, Row, in_words

SECTION = "footprint"
STARTS = 10


def start_up(stack):
    """Milliseconds from the start of the process to the end of the first answer, and its memory then in MB."""
    with Server(stack.server) as server:
        connection = Connection(server.port)
        connection.call_unary()
        answered = time.perf_counter()
        memory = server.resident_memory()
        connection.close()
        return (answered - server.started) * 1e3, memory / 1e6


def sizes(program):
    """The size of a program without symbols, and of the shared libraries that it loads, in MB."""
    with tempfile.NamedTemporaryFile() as stripped:
        subprocess.run(["strip", "-o", stripped.name, program], check=True)
        own = os.path.getsize(stripped.name)
    linked = subprocess.run(["ldd", program], capture_output=True, text=True).stdout
    libraries = {Path(path).resolve() for path in re.findall(r"=> (/\S+)", linked)}
    return own / 1e6, sum(os.path.getsize(library) for library in libraries) / 1e6


def build_seconds(stack):
    """Builds a server from nothing, dependencies too; fetching them is not counted, nor generating code."""
    with tempfile.TemporaryDirectory() as folder:
        packages = {OURS: builds.PACKAGE, "grpc-swift-2": builds.CALLS / "with-grpc-swift-2"}
        if package := packages.get(stack.name):
            builds.run("swift", "package", "--package-path", package, "--scratch-path", folder, "resolve")
        start = time.perf_counter()
        if package:
            builds.swift_build(package, folder, "--product", "echo-server")
        elif stack.name == "grpc-go":
            environment = {**builds.go_environment(), "GOCACHE": f"{folder}/cache"}
            builds.run("go", "build", "-o", f"{folder}/server", builds.CALLS / "go/server/main.go", env=environment)
        else:
            builds.run(*builds.cpp_call_command(f"{folder}/server", "server"))
        return time.perf_counter() - start


def measure(with_builds):
    """Rows of all that is measured; the builds, which take many minutes, only if wanted."""
    participants = stacks.built()
    times, memory, own, libraries, built = {}, {}, {}, {}, {}
    for stack in participants:
        starts = [start_up(stack) for _ in range(STARTS)]
        times[stack.name] = [milliseconds for milliseconds, _ in starts]
        memory[stack.name] = [megabytes for _, megabytes in starts]
        own[stack.name], libraries[stack.name] = ([size] for size in sizes(stack.server[0]))
        print(f"  {stack.name}: first answer after {in_words(statistics.median(times[stack.name]))} ms", flush=True)
    if with_builds:
        for stack in participants:
            print(f"  {stack.name}: building from nothing", flush=True)
            built[stack.name] = [build_seconds(stack)]
    yield Row(SECTION, "start to first answer", "ms", True, times)
    yield Row(SECTION, "memory after the first answer", "MB", True, memory)
    yield Row(SECTION, "server without symbols", "MB", True, own)
    yield Row(SECTION, "shared libraries that it loads", "MB", True, libraries)
    if built:
        yield Row(SECTION, "clean release build of the server", "s", True, built)
