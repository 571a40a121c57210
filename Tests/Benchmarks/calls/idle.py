#!/usr/bin/env python3
"""What connections and streams take that nothing happens on, and how often calls and messages allocate.

An interop-server and a hold-client of this package (release) are taken from step to step; between the steps their memory
(VmRSS) is read. In further runs every allocation is counted (malloc_trace.c) and told by whom it is: libnghttp2's and OpenSSL's
own are columns of their own. The client has a `GRPCClient`, and with TLS a context of OpenSSL, for each connection.

  - an idle connection: 1,000 more connections after a first hundred, plaintext and TLS; KiB on either side;
  - an idle stream: 10,000 more bidirectional streams on 20 connections after a first 2,000, each after one message each way;
  - a unary call with a message of 10 bytes, one after another on a warm connection, from a task outside of the client's loop and
    from one on it;
  - a message of 10 bytes each way on an open stream, from such tasks.

Prints a table, or with --json one line; --stacks also prints where the allocations come from.
"""

import argparse
import contextlib
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import allocation_trace

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, f"{ROOT}/Tests/InteropTests")

import matrix  # noqa: E402

SIDES = ("server", "client")
# Name, whether over TLS, what is done before, what is measured, and of how many units.
CASES = (
    ("idle connection", False, ("connect 100",), "connect 1000", 1000),
    ("idle connection, TLS", True, ("connect 100",), "connect 1000", 1000),
    ("idle stream", False, ("connect 20", "open 2000"), "open 10000", 10000),
    ("unary call", False, ("connect 1", "call 2000"), "call 10000", 10000),
    ("unary call, on loop", False, ("connect 1", "call-on-loop 2000"), "call-on-loop 10000", 10000),
    ("message each way", False, ("connect 1", "stream 2000"), "stream 10000", 10000),
    ("the same, on loop", False, ("connect 1", "stream-on-loop 2000"), "stream-on-loop 10000", 10000),
)
# Memory is told of what stays, allocations of what goes again.
STAYING = 3


class Pair:
    """A server and a client, of which one may count its allocations."""

    def __init__(self, flags, folder, tls, traces):
        environments = {side: trace.environment for side, trace in traces.items()}
        arguments = [f"{flags.swift}/interop-server", "--port", "0"]
        if tls:
            arguments += ["--use_tls=true", f"--tls_cert_file={folder}/server.pem", f"--tls_key_file={folder}/server.key"]
        self.server = subprocess.Popen(arguments, stdout=subprocess.PIPE, env=environments.get("server"))
        port = matrix.first_line(self.server, 20).rpartition(":")[2]
        self.client = subprocess.Popen(
            [f"{flags.swift}/hold-client", port] + ([f"{folder}/ca.pem"] if tls else []),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environments.get("client"))

    def do(self, command):
        """Lets the client carry out a command."""
        self.client.stdin.write(f"{command}\n".encode())
        self.client.stdin.flush()
        if matrix.first_line(self.client, 300) != "done":
            raise RuntimeError(f"the client failed at {command!r}")

    def process(self, side):
        return self.server if side == "server" else self.client

    def memory(self, side):
        """What a side has in memory, in KiB."""
        for line in open(f"/proc/{self.process(side).pid}/status"):
            if line.startswith("VmRSS"):
                return int(line.split()[1])
        raise RuntimeError("the system does not tell how much memory a process has")

    def stop(self):
        self.client.stdin.close()
        for process in (self.client, self.server):
            process.terminate()
            process.wait()
            process.stdout.close()


@contextlib.contextmanager
def running(flags, folder, tls, traces):
    pair = Pair(flags, folder, tls, traces)
    try:
        yield pair
    finally:
        pair.stop()


def settled(pair):
    """The memory of both sides once nothing is under way any more."""
    time.sleep(1)
    return {side: pair.memory(side) for side in SIDES}


def memory(flags, folder, tls, before, command, count):
    """How much memory a unit takes on each side, in KiB."""
    with running(flags, folder, tls, {}) as pair:
        for step in before:
            pair.do(step)
        first = settled(pair)
        pair.do(command)
        last = settled(pair)
    return {side: (last[side] - first[side]) / count for side in SIDES}


def allocations(flags, folder, library, side, tls, before, command, count):
    """What a unit allocates on one side, by owner."""
    with tempfile.TemporaryDirectory() as trace_folder:
        trace = allocation_trace.Trace(trace_folder, library)
        with running(flags, folder, tls, {side: trace}) as pair:
            for step in before:
                pair.do(step)
            trace.begin()
            pair.do(command)
            time.sleep(0.5)
            stacks = list(trace.stacks())
            symbols = allocation_trace.Symbols(pair.process(side).pid)
            if flags.stacks:
                print_stacks(side, command, allocation_trace.described(stacks, symbols), count)
            return allocation_trace.by_owner(stacks, symbols)


def print_stacks(side, command, described, count):
    print(f"\n{side}, {command}: allocations and bytes that stay, of each unit")
    for text, counts in sorted(described.items(), key=lambda entry: -max(entry[1].allocations, entry[1].live_bytes / 64)):
        if counts.allocations >= count / 20:
            print(f"  {counts.allocations / count:6.2f} {counts.live_bytes / count:8.1f}  {text}")


def measure(flags):
    """A row for each case and side."""
    with tempfile.TemporaryDirectory() as folder:
        matrix.make_certificates(pathlib.Path(folder))
        library = allocation_trace.build(folder)
        for index, (name, tls, before, command, count) in enumerate(CASES):
            if flags.only and flags.only not in name:
                continue
            kib = memory(flags, folder, tls, before, command, count) if index < STAYING else {}
            for side in SIDES:
                row = {"case": name, "side": side}
                if side in kib:
                    row["KiB"] = round(kib[side], 2)
                owners = allocations(flags, folder, library, side, tls, before, command, count)
                for owner, counts in owners.items():
                    row[owner] = round(counts.live_bytes / count / 1024 if side in kib else counts.allocations / count, 2)
                yield row


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--swift", default=f"{ROOT}/.build/release", help="folder of interop-server and hold-client")
    parser.add_argument("--skip-build", action="store_true", help="measure the programs that are there")
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    parser.add_argument("--stacks", action="store_true", help="also print where the allocations come from")
    parser.add_argument("--only", help="measure the cases whose name contains this")
    flags = parser.parse_args()
    if not flags.skip_build:
        for product in ("interop-server", "hold-client"):
            subprocess.run(["swift", "build", "-c", "release", "--package-path", ROOT, "--product", product], check=True,
                           stdout=sys.stderr)
    rows = list(measure(flags))
    if flags.json:
        print(json.dumps(rows))
        return
    print(f"{'':<22} {'':<7} {'memory':>9}   of which allocated by us, nghttp2, OpenSSL (KiB); or allocations")
    for row in rows:
        size = f"{row['KiB']:.2f} KiB" if "KiB" in row else ""
        print(f"{row['case']:<22} {row['side']:<7} {size:>9}   {row['ours']:8.2f} {row['nghttp2']:8.2f} {row['OpenSSL']:8.2f}")


if __name__ == "__main__":
    main()
