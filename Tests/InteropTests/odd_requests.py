#!/usr/bin/env python3
"""Sends interop-server what no gRPC client sends, and more than one would: with curl, nghttp, h2load and the h2 package.

Other methods, content types and paths, HTTP/1.1, upgrades, headers and bodies above the limits, other protocols inside and
instead of TLS, and many calls at a time. Each case has one expected answer; after all of them the servers still work and
stop cleanly. Needs Debian's packages curl and nghttp2-client. Exit 0 only when every answer was the expected one.
"""

import argparse
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile

import h2.config
import h2.connection
import h2.errors
import h2.events

import matrix

SECONDS = 20
CALL = "/grpc.testing.TestService/EmptyCall"
GRPC = ("-H", "content-type: application/grpc")
TRAILERS = ("-H", "te: trailers")
HTTP2 = "--http2-prior-knowledge"
# curl 7.88 loses an answer that comes while it still sends: what is refused early is asked without a body.
POST = ("-X", "POST", *TRAILERS)
OK = "HTTP/2 200, grpc-status 0"
# Why there is no answer, by curl's number. What it notices first of a connection that is closed is chance.
NO_TLS, CLOSED = "TLS failed", "the connection was closed"
NO_ANSWER = {35: NO_TLS, 16: CLOSED, 52: CLOSED, 55: CLOSED, 56: CLOSED}


class Server:
    """A server's port, and the requests that programs send there."""

    def __init__(self, port, folder, is_tls):
        self.port, self.folder, self.is_tls = port, folder, is_tls
        (folder / "empty").write_bytes(bytes(5))
        (folder / "large").write_bytes(b"\0" + (5 << 20).to_bytes(4, "big") + bytes(5 << 20))
        self.body = ("--data-binary", f"@{folder}/empty")

    def url(self, path, scheme=None):
        host = matrix.SERVER_NAME if self.is_tls else "127.0.0.1"
        return f"{scheme or ('https' if self.is_tls else 'http')}://{host}:{self.port}{path}"

    def curl(self, *arguments, path=CALL, scheme=None):
        """The answer: its version, its status and gRPC's status, or why there is none."""
        heads = self.folder / "heads"
        heads.write_bytes(b"")
        result = subprocess.run(
            ["curl", "--silent", "--max-time", str(SECONDS), "--noproxy", "*", "--dump-header", heads, "--output",
             os.devnull, "--cacert", f"{self.folder}/ca.pem", "--resolve",
             f"{matrix.SERVER_NAME}:{self.port}:127.0.0.1", *arguments, self.url(path, scheme)],
            capture_output=True, timeout=SECONDS + 10)
        text = heads.read_text()
        if result.returncode != 0 or not text:
            return NO_ANSWER.get(result.returncode, f"curl says {result.returncode}")
        status = re.findall(r"^(HTTP/\S+ \d+)", text, re.MULTILINE)[-1]
        grpc_status = re.search(r"^grpc-status: (\d+)", text, re.MULTILINE)
        return status + (f", grpc-status {grpc_status[1]}" if grpc_status else "")

    def nghttp(self, *arguments, path=CALL):
        """The same by nghttp, which also sees answers that come while it sends."""
        result = subprocess.run(["nghttp", "--null-out", "--verbose", f"--timeout={SECONDS}", *GRPC, *TRAILERS,
                                 *arguments, self.url(path)], capture_output=True, text=True, timeout=SECONDS + 10)
        seen = dict(re.findall(r"recv \(stream_id=\d+\)(?:\x1b\S+?)? (:status|grpc-status): (\d+)", result.stdout))
        return f"HTTP/2 {seen.get(':status')}, grpc-status {seen.get('grpc-status')}"

    def h2load(self, calls, connections, streams, body):
        """How many of many calls got an answer with status 200, as a number."""
        url = self.url(CALL).replace(matrix.SERVER_NAME, "127.0.0.1")
        result = subprocess.run(["h2load", f"--requests={calls}", f"--clients={connections}",
                                 f"--max-concurrent-streams={streams}", *GRPC, *TRAILERS,
                                 f"--data={self.folder}/{body}", url], capture_output=True, text=True, timeout=60)
        succeeded = re.search(r"(\d+) succeeded, 0 failed, 0 errored, 0 timeout", result.stdout)
        return f"{succeeded[1]} answers" if succeeded else result.stdout[-500:] + result.stderr[-500:]

    def raw(self, path):
        """What becomes of a request whose path no program would send."""
        session = h2.connection.H2Connection(h2.config.H2Configuration(
            client_side=True, header_encoding="utf-8", validate_outbound_headers=False))
        session.initiate_connection()
        session.send_headers(1, [(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "interop"),
                                 ("te", "trailers"), ("content-type", "application/grpc")], end_stream=True)
        with socket.create_connection(("127.0.0.1", int(self.port)), SECONDS) as connection:
            connection.sendall(session.data_to_send())
            while received := connection.recv(65536):
                for event in session.receive_data(received):
                    if isinstance(event, h2.events.StreamReset):
                        return f"reset with {h2.errors.ErrorCodes(event.error_code).name}"
                    if isinstance(event, h2.events.ResponseReceived):
                        return f"headers {event.headers}"
        return CLOSED


def plain_cases(server):
    """What is sent to a server without TLS, with the expected answer and the one that came."""
    curl = server.curl
    return [
        ("a call", OK, lambda: curl(HTTP2, *GRPC, *TRAILERS, *server.body)),
        ("without te", OK, lambda: curl(HTTP2, *GRPC, *server.body)),
        ("that waits for 100 Continue", OK,
         lambda: curl(HTTP2, *GRPC, *TRAILERS, "-H", "Expect: 100-continue", *server.body)),
        ("GET", "HTTP/2 405", lambda: curl(HTTP2, *GRPC, *TRAILERS)),
        ("HEAD", "HTTP/2 405", lambda: curl(HTTP2, *GRPC, *TRAILERS, "--head")),
        ("PUT", "HTTP/2 405", lambda: curl(HTTP2, *GRPC, *TRAILERS, "-X", "PUT")),
        ("content type text/plain", "HTTP/2 415", lambda: curl(HTTP2, *POST, "-H", "content-type: text/plain")),
        ("no content type", "HTTP/2 415", lambda: curl(HTTP2, *POST)),
        ("no message", "HTTP/2 200, grpc-status 12", lambda: curl(HTTP2, *POST, *GRPC)),
        ("a body that is no message", "HTTP/2 200, grpc-status 13",
         lambda: curl(HTTP2, *TRAILERS, *GRPC, "--data-binary", "no message")),
        ("a message above the limit", "HTTP/2 200, grpc-status 8",
         lambda: server.nghttp(f"--data={server.folder}/large")),
        ("headers above the limit", "HTTP/2 431", lambda: curl(HTTP2, *POST, *GRPC, "-H", "x: " + 20000 * "a")),
        ("unknown method", "HTTP/2 200, grpc-status 12", lambda: curl(HTTP2, *POST, *GRPC, path=CALL + "s")),
        ("unknown service", "HTTP/2 200, grpc-status 12", lambda: curl(HTTP2, *POST, *GRPC, path="/No" + CALL[1:])),
        ("path without service", "HTTP/2 200, grpc-status 12", lambda: curl(HTTP2, *POST, *GRPC, path="/EmptyCall")),
        ("path with a query", "HTTP/2 200, grpc-status 12", lambda: curl(HTTP2, *POST, *GRPC, path=CALL + "?a=b")),
        ("path /", "HTTP/2 200, grpc-status 12", lambda: curl(HTTP2, *POST, *GRPC, path="/")),
        ("path without a slash", "reset with PROTOCOL_ERROR", lambda: server.raw("EmptyCall")),
        ("empty path", "reset with PROTOCOL_ERROR", lambda: server.raw("")),
        ("HTTP/1.1", "HTTP/1.1 505", lambda: curl("--http1.1", *GRPC, *TRAILERS, *server.body)),
        ("upgrade to h2c", "HTTP/1.1 505", lambda: curl("--http2", *GRPC, *TRAILERS, *server.body)),
        ("TLS where there is none", NO_TLS, lambda: curl("--http2", scheme="https")),
        ("100 connections with 100 streams each", "10000 answers", lambda: server.h2load(10000, 100, 100, "empty")),
        ("a connection with more streams than it may have", "5000 answers",
         lambda: server.h2load(5000, 1, 2000, "empty")),
        ("many messages above the limit", "100 answers", lambda: server.h2load(100, 4, 10, "large")),
        ("a call after all that", OK, lambda: curl(HTTP2, *GRPC, *TRAILERS, *server.body)),
    ]


def tls_cases(server):
    """What is sent to a server with TLS."""
    curl = server.curl
    return [
        ("a call", OK, lambda: curl("--http2", *GRPC, *TRAILERS, *server.body)),
        ("ALPN http/1.1", NO_TLS, lambda: curl("--http1.1", *GRPC, *TRAILERS, *server.body)),
        ("no ALPN", CLOSED, lambda: curl("--no-alpn", *GRPC, *TRAILERS, *server.body)),
        ("TLS 1.1", NO_TLS, lambda: curl("--tlsv1.1", "--tls-max", "1.1", *GRPC, *server.body)),
        ("plaintext HTTP/1.1", "HTTP/1.1 400", lambda: curl("--http1.1", scheme="http")),
        ("plaintext HTTP/2", CLOSED, lambda: curl(HTTP2, *POST, *GRPC, scheme="http")),
        ("20 connections with 10 streams each", "1000 answers", lambda: server.h2load(1000, 20, 10, "empty")),
        ("a call after all that", OK, lambda: curl("--http2", *GRPC, *TRAILERS, *server.body)),
    ]


def run(security, folder, cases, flags):
    """Runs the cases of a server of its own; prints what failed; returns how much that is."""
    failures, count = [], 0
    certificates = folder if security == "TLS" else None
    with matrix.running_server("swift", certificates, dict(os.environ), flags) as (port, problems):
        for name, expected, ask in cases(Server(port, folder, security == "TLS")):
            count += 1
            seen = ask()
            if seen != expected:
                failures.append(f"{name}: {seen}; expected: {expected}")
    print(f"odd requests, {security}: {count - len(failures)} of {count} answered as expected", flush=True)
    for failure in failures + problems:
        print(f"        {failure}", flush=True)
    return len(failures) + len(problems)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--swift", default=f"{matrix.ROOT}/.build/debug", help="folder of interop-server")
    flags = parser.parse_args()
    for program, package in (("curl", "curl"), ("nghttp", "nghttp2-client"), ("h2load", "nghttp2-client")):
        if not shutil.which(program):
            sys.exit(f"odd requests: {program} is missing: apt-get install {package}")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        matrix.make_certificates(folder)
        failed = run("plain", folder, plain_cases, flags) + run("TLS", folder, tls_cases, flags)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
