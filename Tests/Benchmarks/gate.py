#!/usr/bin/env python3
"""Counts instructions and heap allocations of a fixed list of operations, and fails where they grew by more than 2 %.

    make bench-gate          compares with baseline.json
    make bench-baseline      writes baseline.json anew, for a change that is meant or that made things better
    Tests/Benchmarks/gate.py --only decode --skip-build
"""

import argparse
import json
import sys

import messages
from calls import counted
from measuring import builds, callgrind, inputs, machine
from measuring.callgrind import Counts
from measuring.paths import PACKAGE, PROGRAMS

BASELINE = PACKAGE / "baseline.json"
SLACK = 0.02
# An allocation in so many operations is noise: something that grows now and then.
LEAST_ALLOCATIONS = 0.05
MESSAGES = [(operation, name) for name in ("small", "wide", "tree") for operation in messages.OPERATIONS]
MESSAGES += [(operation, name) for name in ("packs", "blob") for operation in ("encode", "decode")]


def message_counts(operation, name):
    program = PROGRAMS / messages.PROGRAM_NAMES[messages.OURS]
    fewer, more = messages.COUNTS.get(name, (1, 2))
    return callgrind.of_operation(
        lambda count: [program, operation, name, str(count), inputs.file(name)], fewer, more)


def operations():
    """All that is counted, by name."""
    listed = {
        f"{operation} {name}": (lambda operation=operation, name=name: message_counts(operation, name))
        for operation, name in MESSAGES
    }
    return {**listed, **counted.OPERATIONS}


def growth(before, now):
    """By how much a count grew, as a share; one that was zero and is not any more grew without limit."""
    if before == 0:
        return 0.0 if now == 0 else float("inf")
    return now / before - 1


def regressions(before, now):
    """What grew too much, in words."""
    found = []
    instructions = growth(before.instructions, now.instructions)
    if instructions > SLACK:
        found.append(f"instructions {before.instructions:,.0f} → {now.instructions:,.0f} ({instructions:+.1%})")
    allocations = growth(before.allocations, now.allocations)
    if allocations > SLACK and now.allocations - before.allocations > LEAST_ALLOCATIONS:
        found.append(f"allocations {before.allocations:.2f} → {now.allocations:.2f}")
    return found


def compare(name, counts, baseline):
    """Prints an operation beside its baseline; whether it is no worse."""
    line = f"{name:<34}{counts.instructions:>14,.0f}{counts.allocations:>10.2f}"
    if name not in baseline:
        print(f"{line}  not in the baseline: make bench-baseline", flush=True)
        return False
    before = Counts(**baseline[name])
    found = regressions(before, counts)
    change = f"{growth(before.instructions, counts.instructions):>+9.1%}"
    print(f"{line}{change}  {'WORSE: ' + '; '.join(found) if found else ''}".rstrip(), flush=True)
    return not found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the baseline instead of comparing with it")
    parser.add_argument("--only", default="", help="count what has this in its name")
    parser.add_argument("--skip-build", action="store_true")
    arguments = parser.parse_args()
    if not callgrind.AVAILABLE:
        sys.exit("bench-gate: needs valgrind, which counts instructions")
    if not arguments.skip_build:
        builds.build_ours()
    swift = machine.versions()["Swift"]
    recorded = json.loads(BASELINE.read_text()) if BASELINE.exists() else {"swift": swift, "operations": {}}
    if recorded["swift"] != swift and not arguments.write:
        print(f"bench-gate: the baseline is of Swift {recorded['swift']}; this is {swift}, which may be the difference")
    baseline = recorded["operations"]

    print(f"{'a single one of':<34}{'instructions':>14}{'allocs':>10}{'change':>9}")
    worse = []
    for name, count in operations().items():
        if arguments.only not in name:
            continue
        counts = count()
        if arguments.write:
            baseline[name] = Counts(round(counts.instructions), round(counts.allocations, 2))._asdict()
        if not compare(name, counts, baseline):
            worse.append(name)
    if arguments.write:
        BASELINE.write_text(json.dumps({"swift": swift, "operations": baseline}, indent=1) + "\n")
        print(f"bench-gate: wrote {BASELINE}")
    elif worse:
        sys.exit(f"bench-gate: {len(worse)} worse than the baseline by more than {SLACK:.0%}: {', '.join(worse)}")
    else:
        print(f"bench-gate: none is worse than the baseline by more than {SLACK:.0%}")


if __name__ == "__main__":
    main()
