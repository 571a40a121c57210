"""What a case of the conformance suite is: a request, and what is right about the response to it."""

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import typing

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message, message_factory, text_format

BINARY, JSON, TEXT = "protobuf", "json", "text"


@dataclasses.dataclass
class Case:
    name: str
    type: type                # the message's class
    input: str                # BINARY, JSON or TEXT
    payload: typing.Any       # bytes for BINARY, else a string
    output: str
    expected: "Expectation"
    ignores_unknown: bool = False
    prints_unknown: bool = False


class Expectation:
    """`fault(case, result, payload)` says what is wrong with a response, `None` when nothing is."""


class Fails(Expectation):
    """The input is to be refused, or the output to be impossible."""

    def __init__(self, how):
        self.how = how

    def fault(self, case, result, payload):
        return None if result == self.how else f"expected {self.how}"


PARSE_ERROR, SERIALIZE_ERROR = Fails("parse_error"), Fails("serialize_error")


class Bytes(Expectation):
    """The output is to have exactly these bytes."""

    def __init__(self, data):
        self.data = data

    def fault(self, case, result, payload):
        right = result == case.output + "_payload" and payload == self.data
        return None if right else f"expected {self.data.hex()}"


class Value(Expectation):
    """The output, whatever its format, is to stand for a message: text, bytes or one that Python has."""

    def __init__(self, value, read_as=None, or_refused=False):
        self.value, self.read_as, self.or_refused = value, read_as, or_refused

    def fault(self, case, result, payload):
        if self.or_refused and result == "parse_error":
            return None
        message_class = self.read_as or case.type
        expected = read(message_class, BINARY if isinstance(self.value, bytes) else TEXT, self.value)
        wanted = f"expected {text_format.MessageToString(expected, as_one_line=True, print_unknown_fields=True)[:4000]}"
        if result != case.output + "_payload":
            return wanted
        try:
            got = read(message_class, case.output, payload)
        except (message.DecodeError, json_format.ParseError, text_format.ParseError, ValueError) as error:
            return f"{wanted}\nbut Python cannot read the output: {error}"
        return None if canonical(got) == canonical(expected) else wanted


class Object(Expectation):
    """The output is to be a JSON object of which a condition is true."""

    def __init__(self, condition, description):
        self.condition, self.description = condition, description

    def fault(self, case, result, payload):
        if result == "json_payload" and self.condition(json.loads(payload)):
            return None
        return f"expected JSON {self.description}"


def canonical(value):
    """The same bytes for equal messages, unknown fields included; NaNs, too, are equal then."""
    return value.SerializePartialToString(deterministic=True)


def read(message_class, output, payload):
    pool = message_class.DESCRIPTOR.file.pool
    value = message_class()
    if output == BINARY:
        value.ParseFromString(payload)
    elif output == JSON:
        json_format.Parse(payload, value, descriptor_pool=pool)
    else:
        text_format.Parse(payload, value, descriptor_pool=pool, allow_field_number=True)
    return value


class Types:
    """The message classes of the protos in a folder, by full name."""

    def __init__(self, protos):
        files = sorted(
            os.path.relpath(os.path.join(folder, name), protos)
            for folder, _, names in os.walk(protos) for name in names if name.endswith(".proto"))
        self.pool = descriptor_pool.DescriptorPool()
        with tempfile.NamedTemporaryFile(suffix=".binpb") as output:
            subprocess.run(
                [sys.executable, "-m", "grpc_tools.protoc", "--experimental_editions", "-I", protos,
                 "--include_imports", f"--descriptor_set_out={output.name}", *files], check=True)
            for proto in descriptor_pb2.FileDescriptorSet.FromString(output.read()).file:
                if proto.edition == descriptor_pb2.EDITION_UNSTABLE:
                    # Python refuses it; the features that the file uses are those of the newest that it knows.
                    proto.edition = descriptor_pb2.EDITION_2024
                self.pool.Add(proto)
        message_factory.GetMessageClassesForFiles(files, self.pool)
        base = "protobuf_test_messages"
        self.request, self.response = self["conformance.ConformanceRequest"], self["conformance.ConformanceResponse"]
        self.proto2 = {
            "Proto2": self[f"{base}.proto2.TestAllTypesProto2"],
            "Editions_Proto2": self[f"{base}.editions.proto2.TestAllTypesProto2"],
        }
        self.proto3 = {
            "Proto3": self[f"{base}.proto3.TestAllTypesProto3"],
            "Editions_Proto3": self[f"{base}.editions.proto3.TestAllTypesProto3"],
        }
        self.edition2023 = self[f"{base}.editions.TestAllTypesEdition2023"]
        self.unstable = self[f"{base}.edition_unstable.TestAllTypesEditionUnstable"]
        self.unknown_to_all = self[f"{base}.proto2.UnknownToTestAllTypes"]
        # Edition 2023's type has the fields that the cases for all types use.
        self.all = self.proto3 | self.proto2 | {"Editions": self.edition2023}

    def __getitem__(self, name):
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(name))
