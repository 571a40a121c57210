#!/usr/bin/env python3
"""Asks the health service of interop-server with grpcio's client for it (grpcio-health-checking).

Check, Watch and List, and that a watcher hears NOT_SERVING when the server is told to stop, while the server does not
wait for the watcher. Exit 0 only when every answer is the expected one.
"""

import argparse
import contextlib
import os
import queue
import sys
import threading

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

import matrix

UNKNOWN_SERVICE = "grpc.testing.NoSuchService"
KNOWN_SERVICE = "grpc.testing.TestService"
SECONDS = 20


def expect(what, seen, expected):
    """Prints a line; returns whether the answer is the expected one."""
    print(f"health: {what}: {'as expected' if seen == expected else f'{seen!r}, expected {expected!r}'}", flush=True)
    return seen == expected


def name(status):
    return health_pb2.HealthCheckResponse.ServingStatus.Name(status)


def check(stub, service):
    try:
        return name(stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=SECONDS).status)
    except grpc.RpcError as error:
        return error.code().name


class Watcher:
    """A call of Watch, read by a thread."""

    def __init__(self, stub, service):
        self.heard = queue.Queue()
        call = stub.Watch(health_pb2.HealthCheckRequest(service=service), timeout=SECONDS)

        def read():
            try:
                for answer in call:
                    self.heard.put(name(answer.status))
                self.heard.put("OK")
            except grpc.RpcError as error:
                self.heard.put(error.code().name)

        self.thread = threading.Thread(target=read, daemon=True)
        self.thread.start()

    def next(self):
        return self.heard.get(timeout=SECONDS)

    def rest(self):
        self.thread.join(SECONDS)
        return list(self.heard.queue)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--swift", default=f"{matrix.ROOT}/.build/debug", help="folder of interop-server")
    flags = parser.parse_args()

    passed = []
    with contextlib.ExitStack() as channels:
        with matrix.running_server("swift", None, dict(os.environ), flags) as (port, problems):
            stub = health_pb2_grpc.HealthStub(channels.enter_context(grpc.insecure_channel(f"127.0.0.1:{port}")))
            passed.append(expect("Check of the server", check(stub, ""), "SERVING"))
            passed.append(expect("Check of a service", check(stub, KNOWN_SERVICE), "SERVING"))
            passed.append(expect("Check of an unknown service", check(stub, UNKNOWN_SERVICE), "NOT_FOUND"))
            listed = stub.List(health_pb2.HealthListRequest(), timeout=SECONDS).statuses
            passed.append(expect("List", {service: name(answer.status) for service, answer in listed.items()},
                                 {"": "SERVING", KNOWN_SERVICE: "SERVING"}))
            server, unknown = Watcher(stub, ""), Watcher(stub, UNKNOWN_SERVICE)
            passed.append(expect("Watch of the server", server.next(), "SERVING"))
            passed.append(expect("Watch of an unknown service", unknown.next(), "SERVICE_UNKNOWN"))
        # The server has ended by now, although the watchers' channel is still open.
        passed.append(expect("Watch of the server at its end", server.rest(), ["NOT_SERVING", "UNAVAILABLE"]))
        passed.append(expect("Watch of an unknown service at its end", unknown.rest(), ["UNAVAILABLE"]))
        passed.append(expect("end of the server", problems, []))
    sys.exit(0 if all(passed) else 1)


if __name__ == "__main__":
    main()
