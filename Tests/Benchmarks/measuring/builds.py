"""Builds the programs that are measured: ours, and those of the other implementations.

All programs end up in PROGRAMS, named `<role>-<stack>`. What is up to date is not built again.
"""

import filecmp
import os
import shutil
import subprocess

from .paths import GENERATED, OUTPUT, PACKAGE, PROGRAMS

CALLS = PACKAGE / "calls"
SWIFT_SCRATCH = OUTPUT / "swift"
GRPC_SWIFT_2_SCRATCH = OUTPUT / "grpc-swift-2"
PROTOS = {"messages": PACKAGE / "Protos/benchmarks.proto", "echo": CALLS / "protos/echo.proto"}


def run(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, **options)


def say(text):
    print(f"build: {text}", flush=True)


def protoc(proto, *options):
    run("protoc", "-I", proto.parent, *options, proto.name)


def swift_build(package, scratch, *options):
    # Otherwise SwiftPM passes swift-protobuf's traits to the compiler in another order each time, and all that depends on
    # that package is compiled again.
    environment = {**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1"}
    command = ["swift", "build", "-c", "release", "--package-path", package, "--scratch-path", scratch, *options]
    run(*command, env=environment)


def generate_swift(proto, plugins, scratch, folders):
    """Generates code with plugins that lie in a scratch folder, into the `Generated` of each of some target folders.

    What has not changed stays untouched, so that it is not compiled again.
    """
    fresh = GENERATED / folders[0].relative_to(PACKAGE)
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for plugin in plugins:
        program = scratch / f"release/protoc-gen-{plugin}"
        protoc(proto, f"--plugin=protoc-gen-{plugin}={program}", f"--{plugin}_out={fresh}")
    for file in fresh.iterdir():
        for folder in folders:
            code = folder / "Generated" / file.name
            code.parent.mkdir(exist_ok=True)
            if not code.exists() or not filecmp.cmp(file, code, shallow=False):
                shutil.copy(file, code)


def install(source, name):
    """Puts a program of SwiftPM's into PROGRAMS, without debug information: callgrind does not read Swift 6.3's."""
    PROGRAMS.mkdir(parents=True, exist_ok=True)
    run("strip", "-g", "-o", PROGRAMS / name, source)


def build_ours():
    """Our programs, and those that run swift-protobuf: one package."""
    say("ours and swift-protobuf's (the first time, some minutes)")
    messages = PACKAGE / "Messages"
    for plugin, folder in (("swiftgrpc", "Ours"), ("swift", "SwiftProtobuf")):
        swift_build(PACKAGE, SWIFT_SCRATCH, "--product", f"protoc-gen-{plugin}")
        generate_swift(PROTOS["messages"], [plugin], SWIFT_SCRATCH, [messages / folder])
    generate_swift(PROTOS["echo"], ["swiftgrpc"], SWIFT_SCRATCH, [CALLS / "ours/server", CALLS / "ours/client"])
    programs = {
        "messages-ours": "messages-ours", "messages-swift-protobuf": "messages-swift-protobuf",
        "echo-server": "server-ours", "echo-client": "client-ours",
    }
    for product, name in programs.items():
        swift_build(PACKAGE, SWIFT_SCRATCH, "--product", product)
        install(SWIFT_SCRATCH / "release" / product, name)


def build_grpc_swift_2():
    """The programs on grpc-swift-2; says so and returns False when the packages cannot be fetched or built."""
    say("grpc-swift-2's (the first time, ten minutes or more)")
    package = CALLS / "with-grpc-swift-2"
    try:
        for plugin in ("swift", "grpc-swift-2"):
            swift_build(package, GRPC_SWIFT_2_SCRATCH, "--product", f"protoc-gen-{plugin}")
        folders = [package / "server", package / "client"]
        generate_swift(PROTOS["echo"], ["swift", "grpc-swift-2"], GRPC_SWIFT_2_SCRATCH, folders)
        for role in ("server", "client"):
            swift_build(package, GRPC_SWIFT_2_SCRATCH, "--product", f"echo-{role}")
            install(GRPC_SWIFT_2_SCRATCH / f"release/echo-{role}", f"{role}-grpc-swift-2")
    except subprocess.CalledProcessError:
        say("grpc-swift-2 is left out: its packages could not be fetched or built, see above")
        return False
    return True


def newer(product, sources):
    """Whether a product exists and is newer than all that it is made of."""
    return product.exists() and all(product.stat().st_mtime > source.stat().st_mtime for source in sources)


def cpp_command(product, source, proto, options, libraries):
    """What compiles a C++ program together with the code of its .proto file."""
    generated = GENERATED / "cpp"
    code = sorted(generated.glob(f"{proto.stem}*.cc"))
    return [
        "g++", "-std=c++17", "-O2", "-DNDEBUG", "-Wall", *options, "-I", generated, source, *code, "-o", product,
        *libraries,
    ]


def cpp_call_command(product, role):
    libraries = subprocess.check_output(["pkg-config", "--libs", "grpc++", "protobuf"], text=True).split()
    return cpp_command(product, CALLS / f"cpp/{role}.cc", PROTOS["echo"], [], libraries)


def build_cpp():
    """The programs on Debian's protobuf and grpc++."""
    generated = GENERATED / "cpp"
    generated.mkdir(parents=True, exist_ok=True)
    PROGRAMS.mkdir(parents=True, exist_ok=True)
    protoc(PROTOS["messages"], f"--cpp_out={generated}")
    plugin = shutil.which("grpc_cpp_plugin")
    protoc(PROTOS["echo"], f"--cpp_out={generated}", f"--grpc_out={generated}", f"--plugin=protoc-gen-grpc={plugin}")
    messages = PACKAGE / "Messages/Cpp/messages.cc"
    for name, options in (("messages-cpp-heap", []), ("messages-cpp-arena", ["-DARENA"])):
        if not newer(PROGRAMS / name, [messages, PROTOS["messages"]]):
            say(name)
            run(*cpp_command(PROGRAMS / name, messages, PROTOS["messages"], options, ["-lprotobuf", "-lpthread"]))
    for role in ("server", "client"):
        product = PROGRAMS / f"{role}-cpp"
        if not newer(product, [CALLS / f"cpp/{role}.cc", PROTOS["echo"]]):
            say(product.name)
            run(*cpp_call_command(product, role))


def build_floors():
    """What OpenSSL's records cost alone, and what sockets do."""
    PROGRAMS.mkdir(parents=True, exist_ok=True)
    for name, libraries in (("records", ["-lssl", "-lcrypto"]), ("sockets", [])):
        source, product = CALLS / f"{name}.c", PROGRAMS / name
        if not newer(product, [source]):
            say(product.name)
            run("cc", "-O2", "-Wall", source, "-o", product, *libraries)


GO_WORKSPACE = OUTPUT / "go"


def go_environment():
    """Builds with the packages that Debian installs as sources: no modules, no network."""
    return {
        **os.environ, "GO111MODULE": "off", "GOFLAGS": "", "GOPATH": f"{GO_WORKSPACE}:/usr/share/gocode",
        "GOCACHE": str(GO_WORKSPACE / "cache"),
    }


def build_go():
    """The programs on Debian's grpc-go."""
    code = GO_WORKSPACE / "src/echo"
    code.mkdir(parents=True, exist_ok=True)
    if not newer(code / "echo.pb.go", [PROTOS["echo"]]):
        protoc(PROTOS["echo"], f"--go_out=plugins=grpc,paths=source_relative,Mecho.proto=echo:{code}")
    for role in ("server", "client"):
        product = PROGRAMS / f"{role}-go"
        if not newer(product, [CALLS / f"go/{role}/main.go", PROTOS["echo"]]):
            say(product.name)
            run("go", "build", "-o", product, CALLS / f"go/{role}/main.go", env=go_environment())
