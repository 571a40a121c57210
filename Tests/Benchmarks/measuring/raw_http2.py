"""HTTP/2 by hand, just enough to see a server's answers: no library's time or memory is in what is measured.

Frames are those of RFC 9113, section 6; header fields are literal and not indexed (RFC 7541, 6.2.2).
"""

import socket

from .h2load import framed_message

DATA, HEADERS, SETTINGS, WINDOW_UPDATE = 0, 1, 4, 8
INITIAL_WINDOW_SIZE = 4
# No answer ever waits for a window. RFC 9113, sections 6.5.2 and 6.9.1.
LARGEST_WINDOW, FIRST_WINDOW = 2**31 - 1, 65535
ACK = END_STREAM = 1
END_HEADERS = 4
DEADLINE_SECONDS = 20


def frame(kind, flags, stream, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def request(method, stream):
    """The headers of a call of the echo service."""
    fields = {
        ":method": "POST", ":scheme": "http", ":path": f"/echo.Echo/{method}", ":authority": "localhost",
        "content-type": "application/grpc", "te": "trailers",
    }
    block = b"".join(
        b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()
        for name, value in fields.items())
    return frame(HEADERS, END_HEADERS, stream, block)


class Connection:
    """A client's connection; the server's settings are acknowledged, and nothing else is ever answered."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_SECONDS)
        self.stream = self.socket.makefile("rb")
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        window = INITIAL_WINDOW_SIZE.to_bytes(2, "big") + LARGEST_WINDOW.to_bytes(4, "big")
        self.send(
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0, window)
            + frame(WINDOW_UPDATE, 0, 0, (LARGEST_WINDOW - FIRST_WINDOW).to_bytes(4, "big")))

    def send(self, frames):
        self.socket.sendall(frames)

    def receive(self):
        """The next frame's kind, flags and stream."""
        header = self.stream.read(9)
        if len(header) < 9:
            raise RuntimeError("the server closed the connection")
        self.stream.read(int.from_bytes(header[:3], "big"))
        if header[3] == SETTINGS and not header[4] & ACK:
            self.send(frame(SETTINGS, ACK, 0))
        return header[3], header[4], int.from_bytes(header[5:], "big")

    def call_unary(self):
        """Makes a call, and waits for the end of its answer."""
        self.send(request("Unary", 1) + frame(DATA, END_STREAM, 1, framed_message(10)))
        while True:
            kind, flags, _ = self.receive()
            if kind in (DATA, HEADERS) and flags & END_STREAM:
                return

    def open_streams(self, count):
        """Starts calls that stay open, each after a message each way."""
        for number in range(count):
            self.send(request("Chat", 2 * number + 1) + frame(DATA, 0, 2 * number + 1, framed_message(10)))
        waiting = {2 * number + 1 for number in range(count)}
        while waiting:
            kind, flags, stream = self.receive()
            if kind == DATA:
                waiting.discard(stream)
            if kind == HEADERS and flags & END_STREAM:
                raise RuntimeError("the server ended a stream that was to stay open")

    def exchange_messages(self, streams):
        """Sends a message on each of the first streams that are open, and waits for its answer before the next one."""
        for number in range(streams):
            stream = 2 * number + 1
            self.send(frame(DATA, 0, stream, framed_message(10)))
            while True:
                kind, flags, answered = self.receive()
                if kind == DATA and answered == stream:
                    break
                if kind == HEADERS and flags & END_STREAM:
                    raise RuntimeError("the server ended a stream that was to stay open")

    def await_settings(self):
        """Waits until the server has answered the client's settings, so that it knows the connection."""
        while True:
            kind, flags, _ = self.receive()
            if kind == SETTINGS and flags & ACK:
                return

    def close(self):
        self.stream.close()
        self.socket.close()
