#!/usr/bin/env python3
"""Runs gRPC's negative HTTP/2 interoperability cases: servers that end streams and connections in odd ways.

The server is in this program and made of the `h2` package, so that it can do what a gRPC server does not. Each case has
a server of its own and runs this package's interop-client against it; both sides' view of what happened is checked.
The cases: gRPC's "Negative HTTP/2 Test Case Descriptions". Exit 0 only when all of them passed.
"""

import argparse
import pathlib
import socket
import subprocess
import sys
import threading
import time

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions
import h2.settings

ROOT = pathlib.Path(__file__).resolve().parents[2]
CASE_SECONDS = 40
RESPONSE_BYTES = 314159
CHUNK_BYTES = 16384


def varint(number):
    """A number as protobuf writes it."""
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out) + bytes([number])


def response_message():
    """grpc.testing.SimpleResponse with a payload of zeroes, behind gRPC's prefix."""
    body = b"\x12" + varint(RESPONSE_BYTES) + bytes(RESPONSE_BYTES)
    message = b"\x0a" + varint(len(body)) + body
    return b"\0" + len(message).to_bytes(4, "big") + message


class Server:
    """Listens, and treats every connection as its case says."""

    def __init__(self, case):
        self.case = case
        self.lock = threading.Lock()
        self.streams_of_connections = []
        self.pings_sent = self.pings_answered = self.most_open = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def close(self):
        self.listener.close()

    def serve(self, connection):
        with self.lock:
            number = len(self.streams_of_connections)
            self.streams_of_connections.append(0)
        session = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
        if self.case == "max_streams":
            session.local_settings = h2.settings.Settings(
                client=False, initial_values={h2.settings.SettingCodes.MAX_CONCURRENT_STREAMS: 1})
        session.initiate_connection()
        try:
            connection.sendall(session.data_to_send())
            while True:
                received = connection.recv(65536)
                if not received:
                    return
                for event in session.receive_data(received):
                    self.handle(session, event, number)
                connection.sendall(session.data_to_send())
        except (OSError, h2.exceptions.ProtocolError) as error:
            if self.case == "max_streams":
                print(f"        server: {error!r}", flush=True)
        finally:
            connection.close()

    def handle(self, session, event, number):
        if isinstance(event, h2.events.RequestReceived):
            with self.lock:
                self.streams_of_connections[number] += 1
                self.most_open = max(self.most_open, session.open_inbound_streams)
            if self.case == "ping":
                self.ping(session)
        elif isinstance(event, h2.events.DataReceived):
            session.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            if self.case == "ping":
                self.ping(session)
        elif isinstance(event, h2.events.PingAckReceived):
            with self.lock:
                self.pings_answered += 1
        elif isinstance(event, h2.events.StreamEnded):
            self.answer(session, event.stream_id)

    def ping(self, session):
        with self.lock:
            self.pings_sent += 1
        session.ping(self.pings_sent.to_bytes(8, "big"))

    def answer(self, session, stream):
        session.send_headers(stream, [(":status", "200"), ("content-type", "application/grpc")])
        if self.case == "rst_after_header":
            session.reset_stream(stream, h2.errors.ErrorCodes.NO_ERROR)
            return
        message = response_message()
        if self.case == "rst_during_data":
            message = message[:len(message) // 2]
        for start in range(0, len(message), CHUNK_BYTES):
            session.send_data(stream, message[start:start + CHUNK_BYTES])
            if self.case == "ping":
                self.ping(session)
        if self.case in ("rst_during_data", "rst_after_data"):
            session.reset_stream(stream, h2.errors.ErrorCodes.NO_ERROR)
            return
        session.send_headers(stream, [("grpc-status", "0")], end_stream=True)
        if self.case == "goaway":
            session.close_connection(last_stream_id=stream)

    def problem(self):
        """What this side has to say against the client, or None."""
        streams = [count for count in self.streams_of_connections if count]
        if self.case == "goaway" and streams != [1, 1]:
            return f"calls of the connections: {streams}, expected one on each of two"
        if self.case == "ping" and self.pings_answered != self.pings_sent:
            return f"{self.pings_answered} of {self.pings_sent} PINGs were answered"
        if self.case == "max_streams" and (self.most_open > 1 or sum(streams) != 11):
            return f"{self.most_open} calls at a time and {sum(streams)} in all, expected 1 and 11"
        if self.case.startswith("rst_") and streams != [1]:
            return f"calls of the connections: {streams}, expected one"
        return None


CASES = ("goaway", "rst_after_header", "rst_during_data", "rst_after_data", "ping", "max_streams")


def run(case, client):
    """Runs one case; returns None when it passed, else what went wrong."""
    server = Server(case)
    try:
        result = subprocess.run(
            [client, "--server_host=127.0.0.1", f"--server_port={server.port}", f"--test_case={case}"],
            capture_output=True, timeout=CASE_SECONDS)
    except subprocess.TimeoutExpired:
        return f"no end within {CASE_SECONDS} s"
    finally:
        server.close()
    if result.returncode != 0:
        said = (result.stderr or result.stdout).decode(errors="replace").strip()[-1000:]
        return f"exit {result.returncode}: {said or '(silent)'}"
    return server.problem()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--client", default=f"{ROOT}/.build/debug/interop-client")
    parser.add_argument("--cases", nargs="+", default=CASES, choices=CASES, metavar="CASE")
    flags = parser.parse_args()
    started, failed = time.monotonic(), 0
    for case in flags.cases:
        problem = run(case, flags.client)
        failed += problem is not None
        print(f"  {case:<17} {problem or 'passed'}", flush=True)
    print(f"negative interop: {len(flags.cases) - failed} of {len(flags.cases)} cases passed, "
          f"{time.monotonic() - started:.1f} s")
    sys.exit(1 if failed else 0)


main()
