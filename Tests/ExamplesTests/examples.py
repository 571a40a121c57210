#!/usr/bin/env python3
"""Builds the examples and runs each against what it is meant to talk to.

hello-world and route-guide against their own servers, the etcd client against a real etcd, the steps of the
README as they are written there, and code generated from etcd's own .proto files through the compiler.
Servers choose free ports; each wait has a limit; a process that this program started is ended by it.
"""

import contextlib
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "Sources/Examples"
BUILD = ROOT / ".build/examples"
BUILD_SECONDS, RUN_SECONDS = 1500, 60


class Failure(Exception):
    pass


def run(*arguments, seconds=RUN_SECONDS, **options):
    """Runs a program to its end and returns what it printed."""
    result = subprocess.run([str(a) for a in arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            text=True, timeout=seconds, **options)
    if result.returncode != 0:
        raise Failure(f"{' '.join(map(str, arguments))}: exit {result.returncode}\n{result.stdout[-6000:]}")
    return result.stdout


def expect(what, text, *parts):
    for part in parts:
        if part not in text:
            raise Failure(f"{what}: {part!r} is missing in:\n{text[-4000:]}")


@contextlib.contextmanager
def running(*arguments, ready, **options):
    """Runs a server until the block ends; gives what the pattern `ready` matched in its output."""
    with tempfile.NamedTemporaryFile("w+") as output:
        process = subprocess.Popen([str(a) for a in arguments], stdout=output, stderr=output, **options)
        try:
            deadline = time.monotonic() + 20
            while True:
                found = re.search(ready, pathlib.Path(output.name).read_text(errors="replace"), re.MULTILINE)
                if found:
                    break
                if process.poll() is not None or time.monotonic() > deadline:
                    text = pathlib.Path(output.name).read_text(errors="replace")
                    raise Failure(f"{arguments[0]} did not start:\n{text[-4000:]}")
                time.sleep(0.05)
            yield found
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def example_server(name):
    return running(BUILD / "debug" / name, "serve", "--port", "0", ready=r"^listening on .*:(\d+)$")


def build_examples():
    build = ("swift", "build", "--package-path", EXAMPLES, "--scratch-path", BUILD)
    run(*build, seconds=BUILD_SECONDS)
    run(*build, "--product", "protoc-gen-swiftgrpc", seconds=BUILD_SECONDS)


def hello_world():
    program = BUILD / "debug/hello-world"
    with example_server("hello-world") as ready:
        expect("greeting", run(program, "greet", "--port", ready[1], "--name", "reader"), "Hello, reader!\n")
        refused = subprocess.run([program, "greet", "--port", ready[1], "--name", ""], capture_output=True,
                                 text=True, timeout=RUN_SECONDS)
        if refused.returncode == 0:
            raise Failure("an empty name was greeted")
        expect("refusal", refused.stderr, "the name of the person to greet is empty")


def route_guide():
    with example_server("route-guide") as ready:
        walk = run(BUILD / "debug/route-guide", "walk", "--port", ready[1])
        expect("unary", walk, ": Alder Bridge\n", ": nothing\n")
        expect("server streaming", walk, "Alder Ford at ", "… 14 features in all")
        expect("client streaming", walk, "3 points, 2 features, ")
        if walk.count('found "the bridge is open"') != 2 or walk.count('found "mind the third plank"') != 1:
            raise Failure(f"bidirectional: expected three earlier notes in:\n{walk}")


@contextlib.contextmanager
def etcd():
    """A real etcd on a free port, with an empty store."""
    def free_port():
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    for attempt in range(3):
        client_port, peer_port = free_port(), free_port()
        client, peer = f"http://127.0.0.1:{client_port}", f"http://127.0.0.1:{peer_port}"
        with tempfile.TemporaryDirectory() as data, contextlib.ExitStack() as stack:
            environment = dict(os.environ, ETCD_UNSUPPORTED_ARCH=os.uname().machine.replace("aarch64", "arm64"))
            try:
                stack.enter_context(running(
                    "etcd", "--data-dir", data, "--listen-client-urls", client, "--advertise-client-urls", client,
                    "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
                    "--initial-cluster", f"default={peer}", ready=r"ready to serve client requests",
                    env=environment))
            except Failure:
                # Another program may have taken the port in between.
                if attempt == 2:
                    raise
                continue
            yield client_port
            return


def etcd_client():
    with etcd() as port:
        tour = run(BUILD / "debug/etcd-client", "--port", port)
        expect("etcd", tour, "range: fruit/banana = yellow", "watch: 100 changes seen in order",
               "lease: extended to 5 s", "lease: its key vanished with it", "all as expected")


def etcd_api_compiles():
    """Code generated from etcd's own .proto files, with all that they import, compiles without a warning."""
    sources = pathlib.Path("/usr/share/gocode/src")
    etcd_folder = sources / "go.etcd.io"
    if not etcd_folder.is_dir():
        raise Failure(f"{etcd_folder} is missing; Debian's golang-etcd-server-dev has it")
    roots = [etcd_folder, sources, sources / "github.com/gogo/protobuf",
             sources / "github.com/grpc-ecosystem/grpc-gateway/third_party/googleapis"]
    api = ["etcd/etcdserver/etcdserverpb/rpc.proto", "etcd/mvcc/mvccpb/kv.proto", "etcd/auth/authpb/auth.proto",
           "etcd/lease/leasepb/lease.proto", "etcd/raft/raftpb/raft.proto", "etcd/wal/walpb/record.proto",
           "etcd/etcdserver/api/snap/snappb/snap.proto", "etcd/etcdserver/etcdserverpb/etcdserver.proto",
           "etcd/etcdserver/api/v3election/v3electionpb/v3election.proto",
           "etcd/etcdserver/api/v3lock/v3lockpb/v3lock.proto",
           "gogoproto/gogo.proto", "google/api/annotations.proto", "google/api/http.proto"]
    with tempfile.TemporaryDirectory() as folder:
        run("protoc", f"--plugin={BUILD}/debug/protoc-gen-swiftgrpc", *(f"-I{root}" for root in roots),
            f"--swiftgrpc_out=FileNaming=PathToUnderscores:{folder}", *api)
        generated = sorted(pathlib.Path(folder).glob("*.swift"))
        expect("generated files", " ".join(f.name for f in generated), "rpc.pb.swift", "rpc.grpc.swift")
        modules = [BUILD / "debug/Modules"] + sorted(path.parent for path in (ROOT / "Sources").glob("*/module.modulemap"))
        # C modules of the dependencies: SwiftPM makes the module maps that a package does not have itself.
        maps = sorted([*(BUILD / "checkouts").glob("*/Sources/*/include/module.modulemap"),
                       *(BUILD / "debug").glob("*.build/module.modulemap")])
        said = run("swiftc", "-typecheck", "-swift-version", "6", "-warnings-as-errors", *generated,
                   *(f"-I{module}" for module in modules),
                   *(argument for m in maps for argument in ("-Xcc", f"-fmodule-map-file={m}")), seconds=600)
        if said:
            raise Failure(f"the compiler said:\n{said[-4000:]}")


def free_port():
    """A port that stays free for minutes: below those that the system hands out to outgoing connections."""
    for port in random.sample(range(20000, 30000), 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise Failure("no free port between 20000 and 30000")


def readme():
    """The README's walk: its files and commands, as they are written there."""
    text = (ROOT / "README.md").read_text()
    walk = text[text.index("## From a .proto to a call"):].split("\n## ")[0]
    if walk.count("\n") >= 60:
        raise Failure(f"the walk has {walk.count(chr(10))} lines, the promise is under 60")
    blocks = re.findall(r"^\*\*([^\n]+)\*\*\n```(\w+)\n(.*?)^```$", walk, re.MULTILINE | re.DOTALL)
    files = [(name.strip("`"), content) for name, language, content in blocks if language != "sh"]
    commands = [content for _, language, content in blocks if language == "sh"]
    if len(files) != 3 or len(commands) != 1:
        raise Failure(f"expected 3 files and 1 block of commands, found {len(files)} and {len(commands)}")
    promised = re.search(r"# prints: (.+)", commands[0])[1]

    # The folder stays, so that a second run builds only what changed.
    parent = ROOT / ".build/readme"
    folder = parent / "hello"
    for name, content in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = content.replace("50051", str(free_port()))
        if not path.exists() or path.read_text() != content:
            path.write_text(content)
    link = parent / "swift-grpc"
    if not link.is_symlink():
        link.symlink_to(ROOT)
    said = run("bash", "-euo", "pipefail", "-c", commands[0], cwd=folder, seconds=BUILD_SECONDS)
    if said.rstrip().split("\n")[-1] != promised:
        raise Failure(f"expected {promised!r} as the last line of:\n{said[-4000:]}")


TESTS = (build_examples, hello_world, route_guide, etcd_client, etcd_api_compiles, readme)


def main():
    failed = 0
    for test in TESTS:
        started = time.monotonic()
        if test in (build_examples, readme):
            print(f"examples: {test.__name__.replace('_', ' ')}: building, which takes minutes the first time", flush=True)
        try:
            test()
            outcome = "passed"
        except (Failure, subprocess.TimeoutExpired, OSError) as error:
            failed += 1
            outcome = f"FAILED: {error}"
        print(f"examples: {test.__name__.replace('_', ' ')}: {outcome} ({time.monotonic() - started:.0f} s)", flush=True)
        if failed and test is build_examples:
            break
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
