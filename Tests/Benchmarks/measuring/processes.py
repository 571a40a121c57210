"""Servers that are measured: started on a free port, asked what they cost, ended by their process id. Linux only."""

import os
import subprocess
import time
from pathlib import Path

from .paths import OUTPUT

# What servers log, of all runs: warnings of ours when valgrind slows it down, for instance.
LOG = OUTPUT / "servers.log"
# The load comes from one core and the server has another, so that neither takes the other's time. Both are left to
# the scheduler on a machine of one core.
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORES, LOAD_CORES = ({CORES[0]}, {CORES[1]}) if len(CORES) > 1 else (set(CORES), set(CORES))


class Server:
    """A running server. A context: it ends with the block."""

    def __init__(self, command, cores=None, deadline_seconds=20):
        self.started = time.perf_counter()
        with open(LOG, "ab") as log:
            self.process = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log,
                preexec_fn=(lambda: os.sched_setaffinity(0, cores)) if cores else None)
        self.port = self._wait_for_port(deadline_seconds)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def _wait_for_port(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            port = listening_port(self.process.pid)
            if port is not None:
                return port
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.process.args[0]} ended with status {self.process.returncode}, see {LOG}")
            time.sleep(0.0005)
        self.__exit__()
        raise RuntimeError(f"{self.process.args[0]} does not listen after {seconds} s")

    def cpu_seconds(self):
        """User and system time of all its threads so far, to the nanosecond."""
        # The clock of another process, as clock_getcpuclockid(3) numbers it on Linux.
        return time.clock_gettime(~self.process.pid << 3 | 2)

    def peak_memory(self):
        """The most memory that it had in bytes, by now."""
        return self._memory("VmHWM")

    def resident_memory(self):
        """The memory that it has in bytes."""
        return self._memory("VmRSS")

    def _memory(self, name):
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1]) * 1024
        raise RuntimeError(f"no {name} in the status of the process")


def listening_port(process):
    """The TCP port that a process listens on at an IPv4 or IPv6 address, or None."""
    sockets = set()
    try:
        for descriptor in Path(f"/proc/{process}/fd").iterdir():
            target = os.readlink(descriptor)
            if target.startswith("socket:["):
                sockets.add(target[8:-1])
        tables = [Path(f"/proc/{process}/net/{table}").read_text() for table in ("tcp", "tcp6")]
    except OSError:  # It has ended, or is about to.
        return None
    for table in tables:
        for line in table.splitlines()[1:]:
            words = line.split()
            listens = words[3] == "0A"
            if listens and words[9] in sockets:
                return int(words[1].rsplit(":", 1)[1], 16)
    return None
