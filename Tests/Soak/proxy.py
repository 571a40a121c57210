"""A TCP proxy that treats the connections through it badly, and keeps book of what it did when."""

import asyncio
import contextlib
import random
import socket
import struct
import time

# How long a program is stopped at most.
PAUSE_SECONDS = 1.5
# How long after a connection's end its client may still take calls for it: it may be stopped, or the machine have other things to do.
NOTICE_SECONDS = PAUSE_SECONDS + 1.0
# How long the server's half of a connection stays whose client is gone, unless the server ends it.
ORPHAN_SECONDS = 60
KINDS = {
    # What may happen, and how often.
    "reset": 4,  # both sides get RST
    "close": 3,  # both sides get FIN
    "truncate": 3,  # the client gets half of a chunk, then FIN
    "orphan": 2,  # the client gets RST; the server hears of it by its own keepalive only
    "vanish": 2,  # half-open: nothing goes through any more, nobody is told
    "deaf": 1,  # half-open: nothing goes to the server any more
    "mute": 1,  # half-open: nothing goes to the client any more
    "delay": 5,  # every chunk is late for some seconds; no call may be lost
    "stall": 5,  # nothing goes through for up to two seconds; no call may be lost
}


class Fault:
    """What was done to the connections of a port, from when to when calls may be lost because of it."""

    def __init__(self, kind, begin, end):
        self.kind, self.begin, self.end = kind, begin, end

    def __str__(self):
        return f"{self.kind} {self.begin:.3f}...{self.end:.3f}"

    def excuses(self, failure):
        """Whether a call that ended so was on the connection, and ended as the gRPC specification says that it should."""
        codes = ("unavailable",) if self.kind not in ("vanish", "deaf", "mute") else ("unavailable", "deadlineExceeded")
        return failure["code"] in codes and failure["start"] <= self.end and failure["end"] >= self.begin


class Link:
    """One connection through the proxy."""

    def __init__(self, proxy, client, server):
        self.proxy, self.client, self.server = proxy, client, server
        self.delivers = {"up": True, "down": True}
        self.truncation = None
        self.orphans = False
        self.delay = 0.0
        self.gate = asyncio.Event()
        self.gate.set()
        self.half_open = None

    async def run(self):
        up = asyncio.ensure_future(self.pump("up", self.client[0], self.server[1]))
        down = asyncio.ensure_future(self.pump("down", self.server[0], self.client[1]))
        done, _ = await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
        if self.half_open and up not in done:
            # Its server has given it up; the client must find out by itself.
            await up
        if self.half_open:
            self.half_open.end = time.monotonic() + NOTICE_SECONDS
        if (self.half_open or self.orphans) and not down.done():
            self.delivers["down"] = False
            self.client[1].transport.abort()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(down, ORPHAN_SECONDS)
                self.proxy.reaped += 1
        for task in (up, down):
            task.cancel()
        for writer in (self.client[1], self.server[1]):
            writer.close()

    async def pump(self, direction, reader, writer):
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                await self.gate.wait()
                if self.delay:
                    await asyncio.sleep(self.delay)
                if not self.delivers[direction]:
                    continue
                if self.truncation and direction == "down":
                    self.truncation.end = time.monotonic() + NOTICE_SECONDS
                    writer.write(data[: len(data) // 2])
                    return
                writer.write(data)
                await writer.drain()

    def abort(self, *sides):
        """Ends a side with RST."""
        for _, writer in sides:
            # It may have ended by itself meanwhile.
            with contextlib.suppress(OSError):
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()


class Proxy:
    """Listens on a port of its own and passes everything on to the server's port, until a fault comes."""

    def __init__(self, name, server_port, seed, mean_seconds):
        self.name, self.server_port, self.mean_seconds = name, server_port, mean_seconds
        self.random = random.Random(f"{seed}/{name}")
        self.links, self.faults = set(), []
        self.counts = dict.fromkeys(KINDS, 0)
        self.connections = self.refused = self.reaped = 0
        self.tasks = set()

    async def start(self):
        self.listener = await asyncio.start_server(self.accept, "127.0.0.1", 0, limit=1 << 17)
        self.port = self.listener.sockets[0].getsockname()[1]

    async def accept(self, reader, writer):
        self.connections += 1
        self.tasks.add(asyncio.current_task())
        try:
            server = await asyncio.open_connection("127.0.0.1", self.server_port, limit=1 << 17)
        except OSError:
            self.refused += 1
            writer.close()
            return
        link = Link(self, (reader, writer), server)
        self.links.add(link)
        try:
            await link.run()
        except asyncio.CancelledError:
            # By `stop`; the streams' own callback would take it for a fault.
            pass
        finally:
            self.links.discard(link)

    def note(self, kind, seconds=NOTICE_SECONDS):
        now = time.monotonic()
        self.faults.append(Fault(kind, now, now + seconds))
        return self.faults[-1]

    async def disturb(self):
        """Lets faults come, one after another, until it is cancelled."""
        while True:
            await asyncio.sleep(self.random.expovariate(1 / self.mean_seconds))
            kind = self.random.choices(list(KINDS), list(KINDS.values()))[0]
            # Drawn in any case: what comes later must not depend on what is connected now.
            delay, seconds = self.random.uniform(0.001, 0.02), self.random.uniform(0.1, 2)
            links = [link for link in self.links if not (link.half_open or link.orphans or link.truncation)]
            if not links:
                continue
            self.counts[kind] += 1
            if kind == "stall":
                for link in links:
                    link.gate.clear()
                await asyncio.sleep(seconds)
                for link in links:
                    link.gate.set()
            elif kind == "delay":
                for link in links:
                    link.delay = delay
                await asyncio.sleep(3 * seconds)
                for link in links:
                    link.delay = 0.0
            else:
                for link in links:
                    self.end(link, kind)

    def end(self, link, kind):
        if kind in ("vanish", "deaf", "mute"):
            link.half_open = self.note(kind, seconds=float("inf"))
            link.delivers["up"] = kind == "mute"
            link.delivers["down"] = kind == "deaf"
            return
        if kind == "truncate":
            # With the next chunk.
            link.truncation = self.note(kind, seconds=float("inf"))
            return
        self.note(kind)
        if kind == "reset":
            link.abort(link.client, link.server)
        elif kind == "orphan":
            link.orphans = True
            link.abort(link.client)
        else:
            link.client[1].close()
            link.server[1].close()

    def close(self):
        """Takes no more connections and ends those that have a client; orphans are left to their servers."""
        self.listener.close()
        for link in list(self.links):
            if not link.half_open and not link.orphans:
                link.abort(link.client, link.server)

    async def stop(self):
        """Ends everything."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
