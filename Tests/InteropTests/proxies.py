#!/usr/bin/env python3
"""Runs the interoperability cases through proxies: nginx (`grpc_pass`) and HAProxy (HTTP/2 on both sides).

Between our client and our server stands each proxy, in plaintext on both sides or with TLS on both, with a certificate
authority made for this run. Needs Debian's packages nginx-light (or nginx) and haproxy. Everything listens on loopback; a
process that this program started is ended by it. Exit 0 only when every case passed.
"""

import argparse
import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import matrix

NGINX = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log warn; worker_processes 1;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} http2{listen_tls};
    {certificate}
    client_max_body_size 0;
    # What a trailer may hold has to fit.
    grpc_buffer_size 64k;
    location / {{ grpc_pass {scheme}://127.0.0.1:{server_port}; }}
  }}
}}
"""

HAPROXY = """
global
  maxconn 256
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend calls
  bind 127.0.0.1:{port} {bind}
  default_backend server
backend server
  server interop 127.0.0.1:{server_port} {backend}
"""


def nginx(folder, port, server_port, certificates):
    """The configuration and command of nginx."""
    certificate = (f"ssl_certificate {certificates}/server.pem; ssl_certificate_key {certificates}/server.key;"
                   if certificates else "")
    text = NGINX.format(folder=folder, port=port, server_port=server_port, certificate=certificate,
                        listen_tls=" ssl" if certificates else "", scheme="grpcs" if certificates else "grpc")
    return text, ["nginx", "-e", f"{folder}/nginx.log", "-p", str(folder), "-c"]


def haproxy(folder, port, server_port, certificates):
    """The configuration and command of HAProxy."""
    if certificates:
        both = (certificates / "server.pem").read_text() + (certificates / "server.key").read_text()
        (folder / "both.pem").write_text(both)
        bind = f"ssl crt {folder}/both.pem alpn h2"
        backend = f"ssl verify required ca-file {certificates}/ca.pem sni str({matrix.SERVER_NAME}) alpn h2"
    else:
        bind, backend = "proto h2", "proto h2"
    return HAPROXY.format(port=port, server_port=server_port, bind=bind, backend=backend), ["haproxy", "-db", "-f"]


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(port, process):
    """Returns when somebody listens on a port."""
    deadline = time.monotonic() + matrix.START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.05)
    raise RuntimeError("the proxy did not start")


@contextlib.contextmanager
def running_proxy(proxy, server_port, certificates):
    """Starts a proxy in front of a server; gives its port."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = pathlib.Path(name), free_port()
        text, command = proxy(folder, port, server_port, certificates)
        (folder / "configuration").write_text(text)
        with open(folder / "output", "wb") as output:
            process = subprocess.Popen(command + [str(folder / "configuration")], stdout=output, stderr=output)
        try:
            try:
                wait_for(port, process)
            except RuntimeError as error:
                said = (folder / "output").read_text(errors="replace").strip()[-1000:]
                raise RuntimeError(f"{command[0]}: {error}: {said}") from None
            yield str(port)
        finally:
            process.terminate()
            try:
                process.wait(matrix.STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def run_through(proxy, certificates, environment, flags):
    """Runs the cases through a proxy; prints a line; returns the failures and how many cases passed, of how many."""
    security = "TLS" if certificates else "plain"
    cases = [case for case in flags.cases if matrix.can_play(case, "swift", "swift", security)]
    failures = []
    with matrix.running_server("swift", certificates, environment, flags) as (server_port, problems):
        with running_proxy(proxy, server_port, certificates) as port:
            for case in cases:
                failure = matrix.run_case("swift", case, port, certificates, environment, flags)
                if failure:
                    failures.append(f"{case}: {failure}")
    passed = len(cases) - len(failures)
    print(f"{proxy.__name__:>8} {security:<5} {passed:>2} of {len(cases)}", flush=True)
    for failure in failures + problems:
        print(f"        {failure}", flush=True)
    return failures + problems, passed, len(cases)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = matrix.ROOT
    parser.add_argument("--swift", default=f"{root}/.build/debug", help="folder of interop-server and interop-client")
    parser.add_argument("--peers", default=f"{root}/.build/peers", help=argparse.SUPPRESS)
    parser.add_argument("--cases", nargs="+", default=matrix.CASES, choices=matrix.CASES, metavar="CASE")
    flags = parser.parse_args()
    for program in ("nginx", "haproxy"):
        if not shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin"):
            sys.exit(f"proxies: {program} is missing: apt-get install {program}")
    os.environ["PATH"] += ":/usr/sbin"
    failures, passed, total = [], 0, 0
    with tempfile.TemporaryDirectory() as name:
        certificates = pathlib.Path(name)
        matrix.make_certificates(certificates)
        for proxy in (nginx, haproxy):
            for folder in (None, certificates):
                result = run_through(proxy, folder, dict(os.environ), flags)
                failures += result[0]
                passed, total = passed + result[1], total + result[2]
    print(f"proxies: {passed} of {total} cases passed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
