#!/usr/bin/env python3
"""Compiles .proto files of every kind and sends random messages of every type through the code.

The .proto files are those below the system's include folder, and the extreme ones of extreme_schemas.py. Of each group
the plugin generates code, the Swift compiler builds it without a warning, and what Python's protobuf encodes must come
back the same, and survive JSON. Time and memory of the compiler are printed and limited.

usage: schemas.py [GROUP…]
"""

import concurrent.futures
import os
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
BUILD = ROOT / ".build/schemas"
DEBUG = ROOT / ".build/debug"
INCLUDE = pathlib.Path("/usr/include")
SECONDS, MEGABYTES = 600, 3000
MESSAGES = 20

sys.path[:0] = [str(HERE), str(ROOT / "Tests/SwiftGRPCProtobufTests/Differential")]
import extreme_schemas  # noqa: E402
import random_messages  # noqa: E402
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory  # noqa: E402
from google.protobuf.compiler import plugin_pb2  # noqa: E402


class Failure(Exception):
    pass


def run(*arguments, input=b""):
    """Runs a program to its end; returns what it printed, its seconds of processor time and its megabytes at most."""
    with tempfile.TemporaryFile() as standard_input, tempfile.TemporaryFile() as output, \
            tempfile.TemporaryFile() as errors:
        standard_input.write(input)
        standard_input.seek(0)
        process = subprocess.Popen(["timeout", str(SECONDS), *map(str, arguments)], stdin=standard_input,
                                   stdout=output, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        said, complaint = output.read(), errors.read()
    if process.returncode != 0:
        command = " ".join(map(str, arguments))[:300]
        raise Failure(f"{command}: exit {process.returncode}\n{(said + complaint).decode(errors='replace')[-4000:]}")
    return said, usage.ru_utime + usage.ru_stime, usage.ru_maxrss >> 10


def descriptors_of(folder, root, files):
    """The descriptor set of the files, with all that they import."""
    run("protoc", "-I", root, "--include_imports", f"--descriptor_set_out={folder}/set.binpb", *files)
    return descriptor_pb2.FileDescriptorSet.FromString((folder / "set.binpb").read_bytes())


def generate(folder, descriptors, files):
    """What the plugin makes of the files; asked directly, since protoc refuses some of the extremes."""
    request = plugin_pb2.CodeGeneratorRequest(file_to_generate=files, proto_file=descriptors.file,
                                              parameter="FileNaming=PathToUnderscores,MemberwiseInitializers=true")
    said, seconds, _ = run(DEBUG / "protoc-gen-swiftgrpc", input=request.SerializeToString())
    response = plugin_pb2.CodeGeneratorResponse.FromString(said)
    if response.error:
        raise Failure(response.error)
    sources = []
    for file in response.file:
        sources.append(folder / file.name)
        sources[-1].write_text(file.content)
    return sources, seconds


def runtime_objects():
    """The runtime as the package's build left it; objects of files that are gone stay in its folder."""
    sources = (ROOT / "Sources/SwiftGRPCProtobuf").rglob("*.swift")
    return [DEBUG / "SwiftGRPCProtobuf.build" / f"{source.name}.o" for source in sources]


def compile_group(folder, sources, checks_json):
    """Builds the generated code as a module, and RoundTrip.swift as a program that uses it.

    Returns the seconds of processor time and the megabytes that the module took.
    """
    code = "".join(source.read_text() for source in sources)
    types = re.findall(r"^nonisolated extension (\S+) \{\n  static var protoMessageName", code, re.MULTILINE)
    maps = re.findall(r"^nonisolated let (\S+): SwiftGRPCProtobuf.SimpleExtensionMap", code, re.MULTILINE)
    lists = folder / "Types.swift"
    lists.write_text(
        "public import SwiftGRPCProtobuf\n"
        f"public let messageTypes: [any SwiftGRPCProtobuf.Message.Type] = [{', '.join(t + '.self' for t in types)}]\n"
        f"public let extensions = SwiftGRPCProtobuf.SimpleExtensionMap({', '.join(maps)})\n"
        f"public let checksJSON = {'true' if checks_json else 'false'}\n")
    flags = ["-parse-as-library", "-swift-version", "6", "-warnings-as-errors", "-enable-upcoming-feature",
             "ExistentialAny", "-I", DEBUG / "Modules", "-I", folder]
    _, *usage = run("swiftc", *flags, "-wmo", "-c", "-o", folder / "schemas.o", "-module-name", "Schemas",
                    "-emit-module", "-emit-module-path", folder / "Schemas.swiftmodule", *sources, lists)
    run("swiftc", *flags, "-o", folder / "round-trip", "-module-name", "RoundTrip", HERE / "RoundTrip.swift",
        folder / "schemas.o", *runtime_objects())
    return usage


def messages_of(descriptors, names, rng):
    """Random messages of each type: its index and its encoding."""
    pool = descriptor_pool.DescriptorPool()
    for file in descriptors.file:
        pool.Add(file)
    # Makes the extensions' classes known.
    message_factory.GetMessageClassesForFiles([file.name for file in descriptors.file], pool)
    for index, name in enumerate(names):
        message_class = message_factory.GetMessageClass(pool.FindMessageTypeByName(name))
        for number in range(MESSAGES if len(names) < 300 else 3):
            message = message_class()
            random_messages.fill(rng, message, number % 4)
            yield index, message_class, message
        if any(field.message_type is message_class.DESCRIPTOR for field in message_class.DESCRIPTOR.fields):
            yield index, message_class, nested(message_class, 99)


def nested(message_class, depth):
    """A message that holds itself, again and again."""
    message = inner = message_class()
    field = next(f for f in message_class.DESCRIPTOR.fields if f.message_type is message_class.DESCRIPTOR)
    for _ in range(depth):
        inner = getattr(inner, field.name)
        inner = inner.add() if field.is_repeated else inner
        if not field.is_repeated:
            inner.SetInParent()
    return message


def round_trip(folder, descriptors):
    program = folder / "round-trip"
    names = run(program, "--names")[0].decode().split()
    records = list(messages_of(descriptors, names, random.Random(1)))
    encoded = [message.SerializePartialToString() for _, _, message in records]
    sent = b"".join(struct.pack("<II", index, len(data)) + data
                    for (index, _, _), data in zip(records, encoded))
    received, *_ = run(program, input=sent)
    position = 0
    for (_, message_class, message), data in zip(records, encoded):
        length, = struct.unpack_from("<i", received, position)
        position += 4
        if length < 0:
            raise Failure(f"{message_class.DESCRIPTOR.full_name} does not survive: {data.hex()[:1000]}")
        result = received[position:position + length]
        position += length
        again = message_class()
        again.MergeFromString(result)
        if again != message or length != len(data):
            raise Failure(f"{message_class.DESCRIPTOR.full_name} became another one: {data.hex()[:1000]}\n"
                          f"{result.hex()[:1000]}")
    return len(names), len(records)


def test(name):
    folder = BUILD / name
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.swift"):
        old.unlink()
    if name == "system":
        files = sorted(str(path.relative_to(INCLUDE)) for path in INCLUDE.rglob("*.proto"))
        descriptors = descriptors_of(folder, INCLUDE, files)
    else:
        made = extreme_schemas.GROUPS[name]()
        if isinstance(made, descriptor_pb2.FileDescriptorSet):
            descriptors, files = made, [file.name for file in made.file]
        else:
            for path, text in made.items():
                (folder / path).write_text(text)
            files = list(made)
            descriptors = descriptors_of(folder, folder, files)
    sources, generating = generate(folder, descriptors, files)
    compiling, megabytes = compile_group(folder, sources, checks_json=name != "system")
    types, messages = round_trip(folder, descriptors)
    if megabytes > MEGABYTES:
        raise Failure(f"the compiler took {megabytes} MB")
    return (f"{types} types, {messages} messages, {sum(s.stat().st_size for s in sources) >> 10} KB of code; "
            f"generated in {generating:.1f} s, compiled in {compiling:.0f} s, {megabytes} MB at most")


def main():
    names = sys.argv[1:] or [*extreme_schemas.GROUPS, "system"]
    failed = False
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        outcomes = {pool.submit(test, name): name for name in names}
        for outcome in concurrent.futures.as_completed(outcomes):
            try:
                print(f"schemas: {outcomes[outcome]}: {outcome.result()}", flush=True)
            except (Failure, OSError) as error:
                failed = True
                print(f"schemas: {outcomes[outcome]}: FAILED: {error}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
