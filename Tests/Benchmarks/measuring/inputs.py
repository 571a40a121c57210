"""The messages whose coding is measured, as encoded bytes: written in Inputs, or made."""

import random
import subprocess

from .builds import PROTOS
from .h2load import varint
from .paths import INPUTS, PACKAGE

ALL = ["small", "wide", "fds", "fdssrc", "tree", "packs", "packi1", "blob"]
SYSTEM_PROTOS = [
    "compiler/plugin", "type", "api", "struct", "wrappers", "timestamp", "duration", "field_mask", "any",
]


def file(name):
    """The file with an input's bytes, made if it is not there."""
    path = INPUTS / f"{name}.bin"
    if not path.exists():
        INPUTS.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded(name))
    return path


def encoded(name):
    numbers = random.Random(1)
    if name == "tree":
        return tree(10, numbers)
    if name == "packs":
        return packed(numbers.randrange(1 << numbers.randrange(1, 64)) for _ in range(100_000))
    if name == "packi1":
        return packed(numbers.randrange(128) for _ in range(100_000))
    if name == "blob":
        return field(1, numbers.randbytes(1 << 20))
    if name in ("fds", "fdssrc"):
        return descriptor_set(["--include_source_info"] if name == "fdssrc" else [])
    text = (PACKAGE / f"Inputs/{name}.txtpb").read_bytes()
    proto = PROTOS["messages"]
    command = ["protoc", "-I", str(proto.parent), f"--encode=bench.{name.capitalize()}", proto.name]
    return subprocess.run(command, input=text, capture_output=True, check=True).stdout


def field(number, value):
    return varint(number << 3 | 2) + varint(len(value)) + value


def tree(depth, numbers):
    node = b"\x08" + varint(numbers.randrange(1 << 28, 1 << 31))
    for child in (2, 3) if depth > 1 else ():
        node += field(child, tree(depth - 1, numbers))
    return node


def packed(values):
    return field(1, b"".join(map(varint, values)))


def descriptor_set(options):
    """Descriptors of .proto files of the system, with all that they import."""
    files = [f"google/protobuf/{proto}.proto" for proto in SYSTEM_PROTOS]
    command = ["protoc", "--include_imports", *options, "--descriptor_set_out=/dev/stdout", *files]
    return subprocess.run(command, capture_output=True, check=True).stdout
