"""What a program allocates, by who does so: reads what malloc_trace.c has counted in it."""

import bisect
import collections
import os
import pathlib
import re
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
# Who an allocation belongs to, by the function or library that its innermost frame is in; everything else is "ours".
OWNERS = (("nghttp2", re.compile("BlockLists|libnghttp2")), ("OpenSSL", re.compile("libcrypto|libssl")))


def build(folder):
    """Compiles the library that counts; returns its path."""
    library = pathlib.Path(folder) / "malloc_trace.so"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, HERE / "malloc_trace.c", "-lpthread"], check=True)
    return library


class Counts:
    """Allocations, and what of them is still there, of one owner or one stack."""

    def __init__(self, allocations=0, bytes=0, live_blocks=0, live_bytes=0):
        self.allocations, self.bytes, self.live_blocks, self.live_bytes = allocations, bytes, live_blocks, live_bytes

    def add(self, other):
        self.allocations += other.allocations
        self.bytes += other.bytes
        self.live_blocks += other.live_blocks
        self.live_bytes += other.live_bytes


class Trace:
    """The counting in one program, which has to be started with `environment`."""

    def __init__(self, folder, library):
        self.folder = pathlib.Path(folder)
        os.mkfifo(self.folder / "command")
        self.environment = dict(os.environ, LD_PRELOAD=str(library), MALLOC_TRACE=str(folder))

    def begin(self):
        """Counts from nothing."""
        self.command("r")
        # It is done by another thread of the program.
        time.sleep(0.3)

    def stacks(self):
        """What was counted since: pairs of addresses, innermost first, and counts."""
        result = self.folder / "counted"
        result.unlink(missing_ok=True)
        self.command("d")
        until = time.monotonic() + 20
        while not result.exists():
            if time.monotonic() > until:
                raise RuntimeError("the program does not tell what it has allocated")
            time.sleep(0.05)
        for line in result.read_text().splitlines():
            numbers = line.split()
            yield tuple(int(address, 16) for address in numbers[4:]), Counts(*map(int, numbers[:4]))

    def command(self, letter):
        with open(self.folder / "command", "w") as file:
            file.write(letter)


class Symbols:
    """The names of functions in a running program and its libraries."""

    def __init__(self, process_id):
        self.maps, self.bases, self.tables = [], {}, {}
        for line in open(f"/proc/{process_id}/maps"):
            fields = line.split()
            if len(fields) < 6 or not fields[5].startswith("/"):
                continue
            low, high = (int(address, 16) for address in fields[0].split("-"))
            self.maps.append((low, high, fields[5]))
            if int(fields[2], 16) == 0:
                self.bases[fields[5]] = low

    def name(self, address):
        """`function@file`, as the linker calls the function."""
        for low, high, path in self.maps:
            if low <= address < high:
                addresses, names = self.table(path)
                index = bisect.bisect_right(addresses, address - self.bases.get(path, low)) - 1
                return f"{names[index] if index >= 0 else '?'}@{os.path.basename(path)}"
        return f"{address:#x}@?"

    def table(self, path):
        if path not in self.tables:
            found = []
            for options in ([], ["-D"]):
                listed = subprocess.run(["nm", "-n", "--defined-only", *options, path], capture_output=True, text=True)
                found = [line.split(" ", 2) for line in listed.stdout.splitlines() if line[17:18] in "tTwWiI"]
                if found:
                    break
            self.tables[path] = [int(line[0], 16) for line in found], [line[2].split("@")[0] for line in found]
        return self.tables[path]


def by_owner(stacks, symbols):
    """The counts of all stacks, added up for each owner."""
    owners = {"ours": Counts(), **{owner: Counts() for owner, _ in OWNERS}}
    for addresses, counts in stacks:
        innermost = symbols.name(addresses[0]) if addresses else ""
        owner = next((owner for owner, pattern in OWNERS if pattern.search(innermost)), "ours")
        owners[owner].add(counts)
    return owners


def described(stacks, symbols, frame_count=6):
    """The counts for each stack of demangled names, of which `frame_count` are kept."""
    stacks = list(stacks)
    names = sorted({symbols.name(address).split("@")[0] for addresses, _ in stacks for address in addresses})
    demangled = subprocess.run(["swift", "demangle", "--simplified", "--compact"], input="\n".join(names),
                               capture_output=True, text=True, check=True).stdout.splitlines()
    texts = dict(zip(names, demangled))
    result = collections.defaultdict(Counts)
    for addresses, counts in stacks:
        frames = [texts[symbols.name(address).split("@")[0]][:80] for address in addresses]
        # The allocator of Swift's runtime tells nothing.
        frames = [frame for frame in frames if not frame.startswith(("swift_slowAlloc", "swift_allocObject"))]
        result[" < ".join(frames[:frame_count])].add(counts)
    return result
