#!/usr/bin/env python3
"""Runs gRPC's interoperability cases between this package's programs and those of other implementations.

Every pair of client and server runs every case, in plaintext and over TLS with a certificate authority made for
this run. Servers choose their port; each wait has a limit; a process that this program started is ended by it.
Exit 0 only when every case of every pair passed and every server stopped cleanly on SIGTERM.
"""

import argparse
import contextlib
import os
import pathlib
import selectors
import subprocess
import sys
import tempfile
import time

CASES = (
    "empty_unary", "large_unary", "client_streaming", "server_streaming", "ping_pong", "empty_stream",
    "custom_metadata", "status_code_and_message", "special_status_message", "unimplemented_method",
    "unimplemented_service", "cancel_after_begin", "cancel_after_first_response", "timeout_on_sleeping_server",
    "client_compressed_unary", "client_compressed_streaming", "server_compressed_unary", "server_compressed_streaming",
    "rpc_soak", "channel_soak", "oauth2_auth_token", "per_rpc_creds", "status_details",
)
# Who can play a case, where not all can: grpcio's server does not tell whether a message came compressed, nor its client
# sends single messages of a stream uncompressed; grpc-go of this age does not name the encodings that it reads, and its
# server answers in the request's. Tokens go over TLS only. Errors with details are not in gRPC itself: Python has a package.
CLIENTS = {
    "client_compressed_unary": ("swift", "python", "go", "cpp"),
    "client_compressed_streaming": ("swift", "cpp"),
    "server_compressed_unary": ("swift", "python", "cpp"),
    "server_compressed_streaming": ("swift", "python", "cpp"),
    "status_details": ("swift", "python"),
}
SERVERS = {
    "client_compressed_unary": ("swift", "cpp"),
    "client_compressed_streaming": ("swift", "cpp"),
    "server_compressed_unary": ("swift", "python", "cpp"),
    "server_compressed_streaming": ("swift", "python", "cpp"),
    "status_details": ("swift", "python"),
}
TLS_ONLY = ("oauth2_auth_token", "per_rpc_creds")
PEERS = ("python", "go", "cpp")
SERVER_NAME = "interop.test"
START_SECONDS, CASE_SECONDS, STOP_SECONDS = 20, 40, 10
# A pair that hangs this often is given up, so that a broken build fails in minutes.
SLOW_FAILURES, SLOW_SECONDS = 3, 10

ROOT = pathlib.Path(__file__).resolve().parents[2]


def command(implementation, role, flags):
    """The program of an implementation ("swift", "python", …) for a role ("server" or "client")."""
    if implementation == "swift":
        return [f"{flags.swift}/interop-{role}"]
    if implementation == "python":
        return [sys.executable, f"{ROOT}/Tests/InteropTests/Peers/python/interop_{role}.py"]
    return [f"{flags.peers}/bin/{implementation}-interop-{role}"]


def can_play(case, client, server, security):
    """Whether both ends of a pair have what a case needs."""
    return (client in CLIENTS.get(case, (client,)) and server in SERVERS.get(case, (server,))
            and (security == "TLS" or case not in TLS_ONLY))


def make_certificates(folder):
    """An authority, and a certificate by it for SERVER_NAME, as PEM files in `folder`."""

    def openssl(*arguments):
        result = subprocess.run(("openssl",) + arguments, cwd=folder, capture_output=True, text=True, timeout=30)
        if result.returncode != 0:
            sys.exit(f"openssl {arguments[0]} failed: {result.stderr}")

    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *new_key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2",
            "-subj", "/CN=Interop authority", "-addext", "keyUsage=critical,keyCertSign")
    openssl("req", *new_key, "-keyout", "server.key", "-out", "server.csr", "-subj", f"/CN={SERVER_NAME}")
    (folder / "names").write_text(f"subjectAltName=DNS:{SERVER_NAME}\nbasicConstraints=CA:FALSE\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-days", "2", "-extfile", "names", "-out", "server.pem")


def first_line(process, seconds):
    """The first line that a process prints, or what it printed until the time was over or it ended."""
    text, deadline = b"", time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while b"\n" not in text and selector.select(max(0, deadline - time.monotonic())):
            chunk = os.read(process.stdout.fileno(), 4096)
            if not chunk:
                break
            text += chunk
    return text.decode().split("\n")[0]


@contextlib.contextmanager
def running_server(implementation, certificates, environment, flags):
    """Starts a server; gives its port and a list to which a failed stop is appended."""
    arguments = command(implementation, "server", flags) + ["--port", "0"]
    if certificates:
        arguments += ["--use_tls=true", f"--tls_cert_file={certificates}/server.pem",
                      "--tls_key_file", f"{certificates}/server.key"]
    problems = []
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=errors, env=environment)

        def said():
            errors.seek(0)
            return errors.read().decode(errors="replace").strip()[-1000:]

        try:
            line = first_line(process, START_SECONDS)
            if not line.startswith("listening on ") or not line.rpartition(":")[2].isdigit():
                raise RuntimeError(f"{implementation} server did not start: printed {line!r}; {said()}")
            yield line.rpartition(":")[2], problems
            if process.poll() is not None:
                problems.append(f"server ended by itself with {process.returncode}; {said()}")
            process.terminate()
            try:
                if process.wait(STOP_SECONDS) != 0:
                    problems.append(f"server ended with {process.returncode} on SIGTERM; {said()}")
            except subprocess.TimeoutExpired:
                problems.append(f"server still runs {STOP_SECONDS} s after SIGTERM")
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            process.stdout.close()


def run_case(client, case, port, certificates, environment, flags):
    """Runs one case; returns None when it passed, else what went wrong."""
    # Both ways of giving a flag's value are used, so that both are tested.
    arguments = command(client, "client", flags) + ["--server_host=127.0.0.1", "--server_port", port]
    arguments += [f"--test_case={case}"]
    if case.endswith("_soak"):
        # How long a call takes on a machine that others use too is no property of the programs.
        arguments += ["--soak_per_iteration_max_acceptable_latency_ms=10000", "--soak_overall_timeout_seconds=30"]
    if certificates:
        arguments += ["--use_tls", "true", f"--tls_ca_file={certificates}/ca.pem",
                      "--server_host_override", SERVER_NAME]
    try:
        result = subprocess.run(arguments, env=environment, capture_output=True, timeout=CASE_SECONDS)
    except subprocess.TimeoutExpired:
        return f"no end within {CASE_SECONDS} s"
    if result.returncode == 0:
        return None
    said = (result.stderr or result.stdout).decode(errors="replace").strip()[-1000:]
    return f"exit {result.returncode}: {said or '(silent)'}"


def run_pair(client, server, certificates, environment, flags):
    """Runs the cases of a pair, prints its line, returns its failures and how many cases passed, of how many."""
    started, failures, marks, slow = time.monotonic(), [], "", 0
    security = "TLS" if certificates else "plain"
    cases = [case for case in flags.cases if can_play(case, client, server, security)]
    with running_server(server, certificates, environment, flags) as (port, problems):
        for case in cases:
            if slow == SLOW_FAILURES:
                failures.append(f"{case} and what follows: not run, because {slow} cases hung")
                break
            begun = time.monotonic()
            failure = run_case(client, case, port, certificates, environment, flags)
            marks += "x" if failure else "."
            if failure:
                failures.append(f"{case}: {failure}")
                slow += time.monotonic() - begun > SLOW_SECONDS
    passed = marks.count(".")
    print(f"{client:>7} -> {server:<7} {security:<5} {marks}  {passed:>2} of {len(cases)}"
          f"  {time.monotonic() - started:5.1f} s", flush=True)
    for failure in failures + problems:
        print(f"        {failure}", flush=True)
    return failures + problems, passed, len(cases)


def pairs(flags):
    """Which client runs against which server."""
    if flags.pairs:
        return [pair.split(":") for pair in flags.pairs]
    if flags.among_peers:
        return [(client, server) for server in PEERS for client in PEERS]
    return [("swift", "swift")] + [("swift", peer) for peer in PEERS] + [(peer, "swift") for peer in PEERS]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--swift", default=f"{ROOT}/.build/debug", help="folder of interop-server and interop-client")
    parser.add_argument("--peers", default=f"{ROOT}/.build/peers", help="folder of the built peers")
    parser.add_argument("--among-peers", action="store_true", help="leave this package out: proves the peers")
    every_pair = [f"{client}:{server}" for client in ("swift",) + PEERS for server in ("swift",) + PEERS]
    parser.add_argument("--pairs", nargs="+", choices=every_pair, metavar="CLIENT:SERVER", help="run these only")
    parser.add_argument("--cases", nargs="+", default=CASES, choices=CASES, metavar="CASE")
    parser.add_argument("--security", nargs="+", default=("plain", "TLS"), choices=("plain", "TLS"))
    flags = parser.parse_args()

    environment = dict(os.environ, PYTHONPATH=f"{flags.peers}/python", GRPC_VERBOSITY="ERROR")
    for variable in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        environment.pop(variable, None)
    started, failed, passed, ran = time.monotonic(), 0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        make_certificates(pathlib.Path(folder))
        for client, server in pairs(flags):
            for security in flags.security:
                certificates = folder if security == "TLS" else None
                try:
                    failures, passing, running = run_pair(client, server, certificates, environment, flags)
                except (RuntimeError, OSError) as error:
                    print(f"{client:>7} -> {server:<7} {error}", flush=True)
                    failures, passing, running = [error], 0, 1
                failed += len(failures)
                passed += passing
                ran += running
    print(f"interop: {passed} of {ran} cases passed, {failed} problems, {time.monotonic() - started:.0f} s")
    sys.exit(0 if failed == 0 and passed == ran else 1)


if __name__ == "__main__":
    main()
