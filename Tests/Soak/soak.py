#!/usr/bin/env python3
"""Lets calls of all four kinds run for minutes while connections are cut, frozen and delayed and programs stopped and killed.

The soak-client has a client for each of six proxies (proxy.py), which lead to three interop-servers: one that is killed and
started again on its port, one that limits the age of connections, and one with TLS that does the same. What must hold:

  - every call ends once, within its deadline, and those that end with `ok` have the right responses;
  - a call is lost (ends otherwise) only if its connection broke under it: then with UNAVAILABLE, or with DEADLINE_EXCEEDED when
    the connection was half-open. Calls that start afterwards wait for the next connection and succeed;
  - delays, programs that stop for a while, and connections that a server ends because of their age, cost no call;
  - memory and descriptors of the client and of the servers that live do not grow, and at the end the servers have no
    connection left, although some clients went without telling them.

Prints a line every 30 s and a table at the end. Exit 0 only when all of that held. The faults and the calls depend on --seed;
what they meet depends on the machine's timing, too.
"""

import argparse
import asyncio
import collections
import json
import os
import pathlib
import random
import signal
import statistics
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, f"{ROOT}/Tests/InteropTests")

import matrix  # noqa: E402
import proxy  # noqa: E402

KINDS = ("unary", "clientStreaming", "serverStreaming", "bidirectional")
# How late a call may end: the machine has other things to do.
LATE_SECONDS = 2.0
# What memory may grow by, between the first and the last third of the time after the warm-up.
GROWTH_KIB, GROWTH_RATIO = 2048, 0.06
SAMPLE_SECONDS = 2
MAX_AGE_SECONDS = 15


class Process:
    """A program of ours, and what it uses."""

    def __init__(self, name, arguments):
        self.name, self.arguments = name, arguments
        self.process, self.memory, self.descriptors, self.errors = None, [], [], b""

    async def start(self):
        self.process = await asyncio.create_subprocess_exec(
            *self.arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, limit=1 << 20)
        self.reading = asyncio.ensure_future(self.read_errors(self.process.stderr))

    async def read_errors(self, stream):
        while data := await stream.read(4096):
            # Whole lines, the last of them.
            self.errors = b"".join((self.errors + data).splitlines(keepends=True)[-30:])

    @property
    def is_running(self):
        return self.process is not None and self.process.returncode is None

    def kill(self):
        if self.is_running:
            self.process.kill()

    def memory_now(self):
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith("VmRSS"):
                return int(line.split()[1])
        return 0

    def descriptors_now(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def sockets_now(self):
        folder = f"/proc/{self.process.pid}/fd"
        return sum(os.readlink(f"{folder}/{number}").startswith("socket:") for number in os.listdir(folder))

    def sample(self):
        if self.is_running:
            self.memory.append(self.memory_now())
            self.descriptors.append(self.descriptors_now())

    async def stop(self, by_itself=False):
        """Ends the program, or lets it end by itself; returns what went wrong."""
        if self.is_running:
            if not by_itself:
                self.process.terminate()
            try:
                await asyncio.wait_for(self.process.wait(), 40)
            except asyncio.TimeoutError:
                self.process.kill()
                await self.process.wait()
                return f"{self.name} still runs 40 s after it was to end"
        await self.reading
        return None if self.process.returncode == 0 else f"{self.name} ended with {self.process.returncode}"


class Server(Process):
    """An interop-server, on the port that it got when it was first started."""

    port = 0

    async def start(self):
        arguments = self.arguments
        self.arguments = arguments + ["--port", str(self.port)]
        await super().start()
        self.arguments = arguments
        line = (await asyncio.wait_for(self.process.stdout.readline(), 20)).decode().strip()
        if not line.startswith("listening on "):
            raise RuntimeError(f"{self.name} did not start: printed {line!r}; {self.errors.decode(errors='replace')}")
        self.port = int(line.rpartition(":")[2])

    async def kill_now_and_then(self, seed, mean_seconds, proxies, counts):
        """Kills the server without warning and starts it again, until it is cancelled."""
        chance = random.Random(f"{seed}/kill")
        while True:
            await asyncio.sleep(5 + chance.expovariate(1 / mean_seconds))
            for through in proxies:
                through.note("kill")
            self.process.kill()
            await self.process.wait()
            counts["kill"] += 1
            await asyncio.sleep(chance.uniform(0, 2))
            await self.start()


async def pause_now_and_then(program, seed, mean_seconds, counts, pauses):
    """Stops a program as a whole for a while: its clock jumps, and no call may be lost."""
    chance = random.Random(f"{seed}/pause {program.name}")
    while True:
        await asyncio.sleep(chance.expovariate(1 / mean_seconds))
        seconds = chance.uniform(0.1, proxy.PAUSE_SECONDS)
        if program.is_running:
            program.process.send_signal(signal.SIGSTOP)
            try:
                await asyncio.sleep(seconds)
            finally:
                program.process.send_signal(signal.SIGCONT)
            counts["pause"] += 1
            now = time.monotonic()
            pauses.append(proxy.Fault(f"pause of {program.name}", now - seconds, now))


class Soak:
    """One run."""

    def __init__(self, flags, folder):
        self.flags, self.failures, self.last, self.overdue = flags, [], {}, []
        steady = ["--keepalive_seconds", "5", "--max_connection_age_seconds", str(MAX_AGE_SECONDS)]
        tls = ["--use_tls=true", f"--tls_cert_file={folder}/server.pem", "--tls_key_file", f"{folder}/server.key"]
        program = f"{flags.swift}/interop-server"
        self.mortal = Server("server, killed", [program])
        self.plain = Server("server, plain", [program] + steady)
        self.secure = Server("server, TLS", [program] + steady + tls)
        self.servers = [self.mortal, self.plain, self.secure]
        self.client = Process("client", [])
        self.folder, self.counts, self.pauses = folder, collections.Counter(), []

    async def run(self):
        """Runs the soak; returns whether all held. Ends what it started."""
        try:
            return await self.run_programs()
        finally:
            for program in self.servers + [self.client]:
                program.kill()

    async def run_programs(self):
        for server in self.servers:
            await server.start()
        self.proxies = [
            proxy.Proxy(f"{server.name} {number}", server.port, self.flags.seed, self.flags.fault_seconds)
            for server in self.servers for number in (1, 2)]
        for through in self.proxies:
            await through.start()
        secure = [str(through.port) for through in self.proxies[-2:]]
        self.client.arguments = [
            f"{self.flags.swift}/soak-client", "--ports", *(str(through.port) for through in self.proxies),
            "--secure-ports", *secure, "--roots-file", f"{self.folder}/ca.pem", "--server-name", matrix.SERVER_NAME,
            "--seconds", str(self.flags.seconds), "--callers", str(self.flags.callers), "--seed", str(self.flags.seed)]
        self.begin = time.monotonic()
        await self.client.start()
        disturbing = [asyncio.ensure_future(through.disturb()) for through in self.proxies]
        disturbing.append(asyncio.ensure_future(self.mortal.kill_now_and_then(
            self.flags.seed, self.flags.kill_seconds, self.proxies[:2], self.counts)))
        disturbing += [
            asyncio.ensure_future(pause_now_and_then(
                program, self.flags.seed, self.flags.pause_seconds, self.counts, self.pauses))
            for program in (self.plain, self.secure, self.client)]
        watching = asyncio.ensure_future(self.watch())
        await self.read_client()
        for task in disturbing + [watching]:
            task.cancel()
        ended = await asyncio.gather(*disturbing, watching, return_exceptions=True)
        problems = [f"the soak itself failed: {error!r}" for error in ended
                    if isinstance(error, Exception) and not isinstance(error, asyncio.CancelledError)]
        problems.append(await self.client.stop(by_itself=True))
        if not self.mortal.is_running:
            # It was between death and start.
            await self.mortal.start()
        for through in self.proxies:
            through.close()
        problems += await self.remaining_connections()
        for through in self.proxies:
            await through.stop()
        for server in self.servers:
            problems.append(await server.stop())
        for program in self.servers + [self.client]:
            # A client tells at level `info` that it cannot connect; anything above that is not expected.
            said = [line for line in program.errors.decode(errors="replace").splitlines()
                    if line and " info " not in line and " debug " not in line]
            problems += [f"{program.name} said: {line}" for line in said[-10:]]
        return self.judge([problem for problem in problems if problem])

    async def read_client(self):
        """Reads what the client prints until it ends, or is long overdue."""
        limit = self.begin + self.flags.seconds + 60
        while time.monotonic() < limit:
            try:
                line = await asyncio.wait_for(self.client.process.stdout.readline(), limit - time.monotonic())
            except asyncio.TimeoutError:
                break
            if not line:
                return
            entry = json.loads(line)
            if entry["event"] == "failure":
                self.failures.append(entry)
            elif entry["event"] == "overdue":
                self.overdue.append(entry)
                print(f"soak: a call does not end: {entry}", flush=True)
            else:
                self.last = entry
        self.client.kill()

    async def watch(self):
        shown = self.begin
        while True:
            await asyncio.sleep(SAMPLE_SECONDS)
            for program in [self.client, self.plain, self.secure]:
                program.sample()
            if time.monotonic() - shown >= 30:
                shown += 30
                print(self.line(), flush=True)

    def line(self):
        ended = sum(self.last.get(kind, 0) for kind in KINDS)
        faults = sum(sum(through.counts.values()) for through in self.proxies) + sum(self.counts.values())
        used = ", ".join(f"{program.name} {program.memory[-1] / 1024:.1f} MiB {program.descriptors[-1]} fds"
                         for program in [self.client, self.plain, self.secure])
        return (f"{time.monotonic() - self.begin:5.0f} s  {ended} ok, {self.last.get('cancelled', 0)} cancelled, "
                f"{len(self.failures)} lost of which {len(self.unexcused())} without a fault; {faults} faults; {used}")

    def unexcused(self):
        """The lost calls whose connection was not at fault."""
        faults = {through.port: through.faults for through in self.proxies}
        return [failure for failure in self.failures
                if not any(fault.excuses(failure) for fault in faults[failure["port"]])]

    def nearby(self, failure):
        """What was done to a call's connection or to the programs within five seconds, for messages."""
        through = next(through for through in self.proxies if through.port == failure["port"])
        faults = [str(fault) for fault in through.faults + self.pauses
                  if fault.begin < failure["end"] + 5 and fault.end > failure["start"] - 5]
        return f"{failure} through {through.name}; within 5 s: {', '.join(faults) or 'nothing'}"

    async def remaining_connections(self):
        """Waits until the servers that live have ended all connections; returns those that have not."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            # One socket listens.
            left = [(server.name, server.sockets_now() - 1) for server in (self.plain, self.secure) if server.is_running]
            if all(count == 0 for _, count in left):
                return []
            await asyncio.sleep(0.5)
        return [f"{name} has {count} connections, but no client is left" for name, count in left if count]

    def growth(self, program):
        """How a program's memory and descriptors changed from the first to the last third after the warm-up."""
        def medians(values):
            values = values[len(values) // 4:]
            third = max(1, len(values) // 3)
            return statistics.median(values[:third]), statistics.median(values[-third:])
        return medians(program.memory), medians(program.descriptors)

    def judge(self, problems):
        end, unexcused = self.last, self.unexcused()
        ended = sum(end.get(kind, 0) for kind in KINDS) + end.get("cancelled", 0) + end.get("failed", 0)
        if end.get("event") != "end":
            problems.append("the client did not come to its end")
        if end.get("open", 1) or ended != end.get("started"):
            problems.append(f"{end.get('started')} calls were started, {ended} ended")
        if end.get("endedTwice", 1):
            problems.append(f"{end.get('endedTwice')} calls ended twice")
        problems += [f"a call did not end in time: {entry}" for entry in self.overdue[:10]]
        problems += [f"lost without a fault: {self.nearby(failure)}" for failure in unexcused[:10]]
        late = [failure for failure in self.failures if failure["end"] > failure["deadline"] + LATE_SECONDS]
        problems += [f"ended after its deadline: {failure}" for failure in late[:10]]
        if any(end.get(kind, 0) == 0 for kind in KINDS):
            problems.append(f"a kind of calls never succeeded: {end}")

        print(f"\nsoak of {self.flags.seconds} s, seed {self.flags.seed}")
        print(f"  calls: {end.get('started')} started; ok " + ", ".join(f"{kind} {end.get(kind, 0)}" for kind in KINDS)
              + f"; {end.get('cancelled')} cancelled by the caller")
        codes = collections.Counter(failure["code"] for failure in self.failures)
        print(f"  lost: {len(self.failures)} ({dict(codes)}), without a fault {len(unexcused)}, late {len(late)}, "
              f"without an end {end.get('open')}")
        faults = collections.Counter(self.counts)
        for through in self.proxies:
            faults.update(through.counts)
        print("  faults: " + ", ".join(f"{kind} {count}" for kind, count in faults.items()))
        print(f"  connections: {sum(through.connections for through in self.proxies)}, "
              f"{sum(through.refused for through in self.proxies)} while the server was down, "
              f"{sum(through.reaped for through in self.proxies)} orphans ended by their servers")
        for program in [self.client, self.plain, self.secure]:
            if not program.memory:
                continue
            memory, descriptors = self.growth(program)
            print(f"  {program.name:<14} memory {memory[0] / 1024:7.1f} -> {memory[1] / 1024:7.1f} MiB (peak "
                  f"{max(program.memory) / 1024:.1f}), descriptors {descriptors[0]:.0f} -> {descriptors[1]:.0f}")
            if memory[1] - memory[0] > GROWTH_KIB + GROWTH_RATIO * memory[0]:
                problems.append(f"the memory of {program.name} grew from {memory[0]} to {memory[1]} KiB")
            if descriptors[1] - descriptors[0] > 6:
                problems.append(f"the descriptors of {program.name} grew from {descriptors[0]} to {descriptors[1]}")
        for problem in problems:
            print(f"  PROBLEM: {problem}")
        print("soak: " + (f"{len(problems)} problems" if problems else "all held"))
        return not problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=600, help="for how long calls are started (%(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--callers", type=int, default=1, help="callers of each kind for each of the six clients")
    parser.add_argument("--fault-seconds", type=float, default=6, help="mean time between faults of a proxy")
    parser.add_argument("--kill-seconds", type=float, default=25, help="mean time between kills of a server")
    parser.add_argument("--pause-seconds", type=float, default=30, help="mean time between pauses of a program")
    parser.add_argument("--swift", default=f"{ROOT}/.build/release", help="folder of interop-server and soak-client")
    flags = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        matrix.make_certificates(pathlib.Path(folder))
        held = asyncio.run(Soak(flags, folder).run())
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
