#!/usr/bin/env python3
"""Runs the cases of protobuf's conformance suite against a testee; an independent version of the official runner.

usage: run.py TESTEE PROTOS [--only TEXT]

TESTEE speaks the suite's protocol on its pipes; PROTOS is the folder of the suite's .proto files. The cases are those
of protobuf's conformance/*_conformance_suite.cc and conformance/*_test.cc, by much the same names, as tables in
cases_*.py, and a few more: they also run for edition 2023's type, and binary ones with text output. Outputs are compared
by reading them with Python's protobuf.
"""

import argparse
import select
import struct
import subprocess
import sys
import time

import cases_binary
import cases_json
import cases_text
from cases import BINARY, JSON, TEXT, Types

ANSWER_SECONDS = 30


class Testee:
    """A program under test, started again when it ends early or answers nothing."""

    def __init__(self, path):
        self.path, self.process = path, None

    def ask(self, request):
        """The response's bytes. Raises `EOFError` or `TimeoutError`."""
        if self.process is None:
            self.process = subprocess.Popen([self.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        try:
            view = memoryview(struct.pack("<I", len(request)) + request)
            while view:
                view = view[self.process.stdin.write(view):]
            return self.read(struct.unpack("<I", self.read(4))[0])
        except (EOFError, TimeoutError, BrokenPipeError) as error:
            code = self.stop()
            raise EOFError(f"{error}; exit code {code}") from error

    def read(self, count):
        data = b""
        while len(data) < count:
            if not select.select([self.process.stdout], [], [], ANSWER_SECONDS)[0]:
                raise TimeoutError(f"no answer within {ANSWER_SECONDS} s")
            part = self.process.stdout.read(count - len(data))
            if not part:
                raise EOFError("the testee ended")
            data += part
        return data

    def stop(self):
        process, self.process = self.process, None
        if process is None:
            return None
        process.stdin.close()
        try:
            return process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()
        finally:
            process.stdout.close()


def request(types, case):
    formats = {BINARY: 1, JSON: 2, TEXT: 4}
    categories = {BINARY: 1, JSON: 3 if case.ignores_unknown else 2, TEXT: 5}
    result = types.request(
        message_type=case.type.DESCRIPTOR.full_name, requested_output_format=formats[case.output],
        test_category=categories[case.output if case.input == BINARY else case.input],
        print_unknown_fields=case.prints_unknown)
    setattr(result, case.input + "_payload", case.payload)
    return result.SerializeToString()


def shown(data, limit=600):
    text = data.hex() if isinstance(data, bytes) else repr(data)
    return text if len(text) <= limit else f"{text[:limit]}… ({len(data)} in all)"


def run(testee, types, case):
    """What is wrong with the testee's answer, `None` when nothing is."""
    try:
        response = types.response.FromString(testee.ask(request(types, case)))
    except EOFError as error:
        return str(error)
    result = response.WhichOneof("result")
    payload = getattr(response, result) if result else None
    fault = case.expected.fault(case, result, payload)
    return fault and f"{fault}\ngot {result}: {shown(payload)}"


def malformed_input(path):
    """What is wrong with how the testee takes input that is no request, as lines."""
    for name, data, code in (
            ("no input", b"", 0), ("half a size", b"\1\0", 1), ("half a request", b"\5\0\0\0ab", 1),
            ("a size that no message has", b"\xff\xff\xff\xff", 1), ("no request", b"\1\0\0\0\xff", 1)):
        result = subprocess.run([path], input=data, capture_output=True, timeout=ANSWER_SECONDS)
        if result.returncode != code or bool(result.stderr) != bool(code) or result.stdout:
            yield f"{name}: exit code {result.returncode}, {shown(result.stderr.decode())}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("testee")
    parser.add_argument("protos")
    parser.add_argument("--only", default="", help="run only cases whose name has this text")
    options = parser.parse_args()
    types, testee = Types(options.protos), Testee(options.testee)
    start, count, failed = time.monotonic(), 0, 0
    for group in cases_binary, cases_json, cases_text:
        selected = [case for case in group.cases(types) if options.only in case.name]
        failures = 0
        for case in selected:
            fault = run(testee, types, case)
            if fault:
                failures += 1
                print(f"FAILED {case.name}\n  input {case.input}: {shown(case.payload)}")
                print("  " + fault.replace("\n", "\n  "))
        print(f"conformance: {group.__name__}: {len(selected)} cases, {failures} failed", flush=True)
        count, failed = count + len(selected), failed + failures
    testee.stop()
    for fault in malformed_input(options.testee):
        failed += 1
        print(f"FAILED malformed input: {fault}")
    print(f"conformance: {count} cases, {failed} failed, {time.monotonic() - start:.1f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
