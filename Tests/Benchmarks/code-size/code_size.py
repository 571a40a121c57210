#!/usr/bin/env python3
"""Compares the code that is generated for a hundred mixed messages with swift-protobuf's: lines, size, compile time.

The .proto files are those of mixed_schemas.py. The plugins generate from them — ours with descriptors and without —
and `swiftc -O -wmo -g` compiles each against its runtime's release module, one after the other in every round. Printed
are the text size of the object and the compiler's user time; the limits are swift-protobuf's size and 1.2 times its
time. Only ratios within a round compare what the machine was equally busy for: the median of them is judged.

usage: code_size.py [--rounds N] [--seed N] [--flags "…"] [--plugin PATH --modules PATH]
"""

import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys

import mixed_schemas

ROOT = pathlib.Path(__file__).resolve().parents[3]
WORK = ROOT / ".build/code-size"
PEER = WORK / "peer"  # A folder named as the dependency would be taken for it.
MOST_TIME, MOST_TEXT = 1.2, 1.0

PEER_MANIFEST = """// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "swift-protobuf-code",
  dependencies: [.package(url: "https://github.com/apple/swift-protobuf.git", from: "1.39.0")],
  targets: [.target(name: "Runtime", dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")])]
)
"""


def run(*arguments, cwd=ROOT):
    """Runs a program to its end; returns what it printed and its seconds of user time."""
    process = subprocess.Popen(list(map(str, arguments)), cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))[:300]}: exit {process.returncode}\n{output[-4000:]}")
    return output, usage.ru_utime


def build_peer():
    """Builds swift-protobuf's plugin and runtime; returns both."""
    (PEER / "Sources/Runtime").mkdir(parents=True, exist_ok=True)
    (PEER / "Package.swift").write_text(PEER_MANIFEST)
    (PEER / "Sources/Runtime/Runtime.swift").write_text("import SwiftProtobuf\n")
    build = ("swift", "build", "-c", "release", "--package-path", PEER)
    run(*build, "--product", "protoc-gen-swift")
    run(*build, "--target", "Runtime")
    folder = PEER / ".build/release"
    return folder / "protoc-gen-swift", folder / "Modules"


def build_ours():
    run("swift", "build", "-c", "release", "--product", "protoc-gen-swiftgrpc")
    folder = ROOT / ".build/release"
    return folder / "protoc-gen-swiftgrpc", folder / "Modules"


class Side:
    """The code of one plugin with one set of options, and what compiling it cost in each round."""

    def __init__(self, name, plugin, modules, protos, option):
        self.name, self.modules, self.times = name, modules, []
        self.folder = WORK / re.sub(r"\W+", "-", name)
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.folder.glob("*.swift"):
            old.unlink()
        run("protoc", f"--plugin=protoc-gen-bench={plugin}", f"--bench_out={self.folder}", f"--bench_opt={option}",
            "-I", protos, *sorted(path.name for path in protos.glob("*.proto")), cwd=protos)
        self.sources = sorted(self.folder.glob("*.swift"))
        self.lines = sum(len(source.read_text().splitlines()) for source in self.sources)

    def compile(self, flags):
        output = self.folder / "mixed.o"
        output.unlink(missing_ok=True)  # the compiler does not compile again what it finds compiled
        _, seconds = run("swiftc", *flags, "-swift-version", "6", "-parse-as-library", "-emit-object", "-module-name",
                         "Mixed", "-I", self.modules, "-o", output, *self.sources, cwd=self.folder)
        self.times.append(seconds)
        sizes, _ = run("size", output)
        self.text = int(sizes.splitlines()[1].split()[0])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--flags", default="-O -wmo -g")
    arguments = parser.parse_args()
    peer = build_peer()
    ours = build_ours()

    protos = WORK / "protos"
    protos.mkdir(parents=True, exist_ok=True)
    for path, text in mixed_schemas.files(arguments.seed).items():
        (protos / path).write_text(text)
    visibility = "Visibility=Public"
    theirs = Side("swift-protobuf", *peer, protos, visibility)
    sides = [theirs, Side("with descriptors", *ours, protos, visibility),
             Side("without descriptors", *ours, protos, visibility + ",Descriptors=false")]
    for number in range(arguments.rounds):
        for side in sides:
            side.compile(arguments.flags.split())
            print(f"round {number + 1}: {side.name}: {side.times[-1]:.1f} s", flush=True)

    print(f"\n{'swiftc ' + arguments.flags:22}{'lines':>8}{'text KB':>9}{'ratio':>7}{'user s':>8}{'ratio':>7}")
    passed = True
    for side in sides:
        text = side.text / theirs.text
        time = statistics.median(own / other for own, other in zip(side.times, theirs.times))
        print(f"{side.name:22}{side.lines:8}{side.text / 1000:9.0f}{text:7.2f}{statistics.median(side.times):8.1f}"
              f"{time:7.2f}")
        passed = passed and text <= MOST_TEXT and time <= MOST_TIME
    if not passed:
        sys.exit(f"code-size: above {MOST_TEXT} times swift-protobuf's text or {MOST_TIME} times its compile time")


if __name__ == "__main__":
    main()
