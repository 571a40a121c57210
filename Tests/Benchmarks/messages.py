#!/usr/bin/env python3
"""What coding messages costs, beside swift-protobuf: builds both programs, runs them, prints a table as it goes.

Counts instructions with valgrind's callgrind, as the difference of two loop counts, so that the start is left out.
Without valgrind it measures time.

    Tests/Benchmarks/messages.py                                       everything; takes half an hour
    Tests/Benchmarks/messages.py --operations jsonEncode,jsonDecode --inputs small,wide --skip-build
"""

import argparse
import filecmp
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent.parent
BUILD = ROOT / ".build/benchmarks"
INPUTS = ["small", "wide", "fds", "fdssrc", "tree", "packs", "packi1"]
OPERATIONS = [
    "encode", "decode", "equality", "hash", "jsonEncode", "jsonDecode", "textEncode", "textDecode",
]
# Loop counts whose difference is measured: what is small is repeated, so that noise does not matter.
COUNTS = {"small": (10, 1010), "wide": (10, 210), "fds": (2, 12), "fdssrc": (1, 4), "tree": (2, 12)}
COUNTS_INSTRUCTIONS = shutil.which("valgrind") is not None
PROGRAMS = {"ours": "messages-ours", "swift-protobuf": "messages-swift-protobuf"}
SYSTEM_PROTOS = [
    "compiler/plugin", "type", "api", "struct", "wrappers", "timestamp", "duration", "field_mask", "any",
]


def run(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, **options)


def swift_build(*options):
    run("swift", "build", "-c", "release", "--package-path", PACKAGE, "--scratch-path", BUILD, *options)


def build():
    """Generates the messages with both plugins, and compiles the programs."""
    for plugin, folder in (("swiftgrpc", "Ours"), ("swift", "SwiftProtobuf")):
        swift_build("--product", f"protoc-gen-{plugin}")
        fresh = BUILD / "generated" / folder
        fresh.mkdir(parents=True, exist_ok=True)
        run("protoc", f"--plugin=protoc-gen-{plugin}={BUILD}/release/protoc-gen-{plugin}", "-I", PACKAGE / "Protos",
            f"--{plugin}_out={fresh}", "benchmarks.proto")
        code = PACKAGE / "Messages" / folder / "Generated/benchmarks.pb.swift"
        code.parent.mkdir(exist_ok=True)
        # What has not changed stays untouched, so that it is not compiled again.
        if not code.exists() or not filecmp.cmp(fresh / code.name, code, shallow=False):
            shutil.copy(fresh / code.name, code)
    for program in PROGRAMS.values():
        swift_build("--product", program)
        shutil.copy(BUILD / "release" / program, BUILD / program)
        if COUNTS_INSTRUCTIONS:
            run("strip", "-g", BUILD / program)  # callgrind does not read the debug information of Swift 6.3


def varint(value):
    result = bytearray()
    while value > 0x7F:
        result.append(value & 0x7F | 0x80)
        value >>= 7
    result.append(value)
    return bytes(result)


def field(number, value):
    return varint(number << 3 | 2) + varint(len(value)) + value


def tree(depth, numbers):
    node = b"\x08" + varint(numbers.randrange(1 << 28, 1 << 31))
    for child in (2, 3) if depth > 1 else ():
        node += field(child, tree(depth - 1, numbers))
    return node


def packed(values):
    return field(1, b"".join(map(varint, values)))


def encoded_input(name):
    """The bytes of an input: small and wide are written in Inputs, the others are made."""
    numbers = random.Random(1)
    if name == "tree":
        return tree(10, numbers)
    if name == "packs":
        return packed(numbers.randrange(1 << numbers.randrange(1, 64)) for _ in range(1_000_000))
    if name == "packi1":
        return packed(numbers.randrange(128) for _ in range(1_000_000))
    if name in ("fds", "fdssrc"):
        options = ["--include_source_info"] if name == "fdssrc" else []
        files = [f"google/protobuf/{proto}.proto" for proto in SYSTEM_PROTOS]
        file = BUILD / name
        run("protoc", "--include_imports", *options, f"--descriptor_set_out={file}", *files)
        return file.read_bytes()
    text = (PACKAGE / f"Inputs/{name}.txtpb").read_bytes()
    command = ["protoc", "-I", PACKAGE / "Protos", f"--encode=bench.{name.capitalize()}", "benchmarks.proto"]
    return run(*command, input=text, capture_output=True).stdout


def cost(program, operation, name, count, file):
    """Instructions of a whole run, or nanoseconds without valgrind."""
    command = [str(BUILD / program), operation, name, str(count), str(file)]
    if not COUNTS_INSTRUCTIONS:
        start = time.perf_counter_ns()
        run(*command)
        return time.perf_counter_ns() - start
    output = run("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command, capture_output=True)
    line = next(line for line in output.stderr.decode().splitlines() if "Collected" in line)
    return int(line.split()[-1])


def measure(program, operation, name, file):
    first, second = COUNTS.get(name, (1, 2))
    if not COUNTS_INSTRUCTIONS:
        second *= 50
    difference = cost(program, operation, name, second, file) - cost(program, operation, name, first, file)
    return difference / (second - first)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--operations", default=",".join(OPERATIONS))
    parser.add_argument("--inputs", default=",".join(INPUTS))
    parser.add_argument("--programs", default=",".join(PROGRAMS), help="without swift-protobuf there are no ratios")
    parser.add_argument("--skip-build", action="store_true")
    arguments = parser.parse_args()
    BUILD.mkdir(parents=True, exist_ok=True)
    if not arguments.skip_build:
        build()
    programs = arguments.programs.split(",")
    unit = "instructions" if COUNTS_INSTRUCTIONS else "nanoseconds"
    print(f"{unit:<22}" + "".join(f"{program:>16}" for program in programs) + "  ratio", flush=True)
    for operation in arguments.operations.split(","):
        for name in arguments.inputs.split(","):
            file = BUILD / f"{name}.bin"
            if not file.exists():
                file.write_bytes(encoded_input(name))
            print(f"{operation:<11} {name:<10}", end="", flush=True)
            costs = []
            for program in programs:
                costs.append(measure(PROGRAMS[program], operation, name, file))
                print(f"{costs[-1]:>16,.0f}", end="", flush=True)
            print(f"{costs[1] / costs[0]:>7.2f}" if len(costs) == 2 else "", flush=True)


if __name__ == "__main__":
    sys.exit(main())
