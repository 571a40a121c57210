#!/usr/bin/env python3
"""Measures messages and calls beside other implementations, in one run: a table, plots and all figures in .build/bench.

    make bench                                      all; BENCH_ROUNDS=5 rounds of what is timed (3)
    make bench BENCH=quick                          a few minutes: fewer loads, one round
    Tests/Benchmarks/bench.py --sections messages --operations jsonEncode,jsonDecode --inputs small,wide --skip-build
"""

import argparse
import json
import subprocess
import sys
import time

import messages
from calls import footprint, held, load, pairs, scale, tls
from measuring import builds, inputs, machine, plots, report
from measuring.paths import OUTPUT, PACKAGE, ROOT
from measuring.rows import OURS, Row

SECTIONS = ["messages", "load", "tls", "pairs", "scale", "footprint", "held", "idle"]


def idle():
    """Rows of calls/idle.py, if it is there: what our connections, streams and calls hold and allocate, by owner.

    With --json it prints an object a line, or all in a list: {"case", "side", "KiB" of what stays, and for each owner
    its part of that, or its allocations}.
    """
    program = PACKAGE / "calls/idle.py"
    if not program.exists():
        return
    done = subprocess.run([sys.executable, program, "--json"], stdout=subprocess.PIPE, text=True, check=True)
    printed = [json.loads(line) for line in done.stdout.splitlines()]
    for entry in printed[0] if printed and isinstance(printed[0], list) else printed:
        name = f"{entry['case']}, {entry['side']}"
        if "KiB" in entry:
            yield Row("ours at rest", name, "KiB", True, {OURS: [entry["KiB"]]})
        else:
            allocations = entry["ours"] + entry["nghttp2"] + entry["OpenSSL"]
            yield Row("ours at rest", name, "allocations", True, {OURS: [allocations]})


def rows_of(section, arguments):
    quick = arguments.mode == "quick"
    if section == "messages":
        operations = arguments.operations or (messages.QUICK_OPERATIONS if quick else messages.OPERATIONS)
        names = arguments.inputs or (messages.QUICK_INPUTS if quick else inputs.ALL)
        return messages.measure(operations, names)
    if section == "load":
        return load.measure(arguments.rounds, arguments.seconds, load.QUICK if quick else list(load.LOADS))
    if section == "pairs":
        return pairs.measure(arguments.rounds, arguments.seconds)
    if section == "scale":
        return [] if quick else scale.measure(arguments.rounds, arguments.seconds)
    if section == "tls":
        return [] if quick else tls.measure(arguments.rounds, arguments.seconds)
    if section == "footprint":
        return footprint.measure(with_builds=not quick)
    if section == "held":
        return held.measure()
    return [] if quick else idle()


def build(sections):
    builds.build_ours()
    builds.build_cpp()
    if sections != ["messages"]:
        builds.build_floors()
        builds.build_go()
        builds.build_grpc_swift_2()


def words(text):
    return text.split(",")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sections", type=words, default=SECTIONS, help=",".join(SECTIONS))
    parser.add_argument("--mode", choices=["quick", "normal"], default="normal")
    parser.add_argument("--rounds", type=int, help="of what is timed")
    parser.add_argument("--seconds", type=float, help="of each measurement of calls, about")
    parser.add_argument("--operations", type=words, help=",".join(messages.OPERATIONS))
    parser.add_argument("--inputs", type=words, help=",".join(inputs.ALL))
    parser.add_argument("--skip-build", action="store_true")
    parser.add_argument("--add", action="store_true", help="keep what the last run has of the sections left out")
    parser.add_argument("--publish", action="store_true", help="only put the last run's results into the README")
    arguments = parser.parse_args()
    if arguments.publish:
        report.publish(OUTPUT, PACKAGE / "results", ROOT / "README.md")
        return
    quick = arguments.mode == "quick"
    arguments.rounds = arguments.rounds or (1 if quick else 3)
    arguments.seconds = arguments.seconds or (0.3 if quick else 1.5)

    OUTPUT.mkdir(parents=True, exist_ok=True)
    if not arguments.skip_build:
        build(arguments.sections)
    began = time.monotonic()
    description = machine.description()
    rows = report.read(OUTPUT) if arguments.add else []
    for section in arguments.sections:
        print(f"{section}:", flush=True)
        measured = list(rows_of(section, arguments))
        sections = {row.section for row in measured}
        rows = [row for row in rows if row.section not in sections] + measured
        report.write(rows, description, OUTPUT)  # each, so that a section that fails takes no other with it
    print(f"\n{report.whole(rows, description)}")
    print(f"bench: {time.monotonic() - began:.0f} s; table.md, results.json and the plots are in {OUTPUT}")


if __name__ == "__main__":
    main()
