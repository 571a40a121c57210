"""The interoperability client on grpcio: runs one case, exit 0 when all of its checks hold."""

import argparse
import faulthandler
import os
import queue
import sys

import grpc
from interop import messages_pb2, test_pb2_grpc
from interop.empty_pb2 import Empty

REQUEST_SIZES = (27182, 8, 1828, 45904)
RESPONSE_SIZES = (31415, 9, 2653, 58979)
INITIAL = ("x-grpc-test-echo-initial", "test_initial_metadata_value")
TRAILING = ("x-grpc-test-echo-trailing-bin", b"\xab\xab\xab")
SPECIAL_MESSAGE = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"
CASE_SECONDS = 20


def boolean(text):
    return text.lower() in ("true", "1", "yes")


def check(what, actual, expected):
    if actual != expected:
        sys.exit(f"{what}: expected {expected!r:.200}, got {actual!r:.200}")


def payload(size):
    return messages_pb2.Payload(body=bytes(size))


def large_request():
    return messages_pb2.SimpleRequest(response_size=314159, payload=payload(271828))


def output_request(response_size=None, request_size=None, status=None):
    request = messages_pb2.StreamingOutputCallRequest()
    if response_size is not None:
        request.response_parameters.add(size=response_size)
    if request_size is not None:
        request.payload.CopyFrom(payload(request_size))
    if status is not None:
        request.response_status.CopyFrom(status)
    return request


def check_failure(call, code, message=None):
    """Runs `call`, which must end with this status."""
    try:
        call()
    except grpc.RpcError as error:
        check("status code", error.code(), code)
        if message is not None:
            check("status message", error.details(), message)
    else:
        sys.exit(f"the call succeeded, expected {code}")


class Requests:
    """Requests written one by one, for a bidirectional call."""

    def __init__(self):
        self.waiting = queue.Queue()

    def __iter__(self):
        return iter(self.waiting.get, None)

    def write(self, request):
        self.waiting.put(request)

    def finish(self):
        self.waiting.put(None)


def empty_unary(stub):
    check("response", stub.EmptyCall(Empty(), timeout=CASE_SECONDS), Empty())


def large_unary(stub):
    response = stub.UnaryCall(large_request(), timeout=CASE_SECONDS)
    check("response", response, messages_pb2.SimpleResponse(payload=payload(314159)))


def client_streaming(stub):
    requests = (messages_pb2.StreamingInputCallRequest(payload=payload(size)) for size in REQUEST_SIZES)
    response = stub.StreamingInputCall(requests, timeout=CASE_SECONDS)
    check("aggregated size", response.aggregated_payload_size, 74922)


def server_streaming(stub):
    request = messages_pb2.StreamingOutputCallRequest()
    for size in RESPONSE_SIZES:
        request.response_parameters.add(size=size)
    responses = stub.StreamingOutputCall(request, timeout=CASE_SECONDS)
    check("response sizes", tuple(len(r.payload.body) for r in responses), RESPONSE_SIZES)


def ping_pong(stub):
    requests = Requests()
    responses = stub.FullDuplexCall(iter(requests), timeout=CASE_SECONDS)
    for request_size, response_size in zip(REQUEST_SIZES, RESPONSE_SIZES):
        requests.write(output_request(response_size, request_size))
        check("response size", len(next(responses).payload.body), response_size)
    requests.finish()
    check("responses after the last request", list(responses), [])
    check("status code", responses.code(), grpc.StatusCode.OK)


def empty_stream(stub):
    check("responses", list(stub.FullDuplexCall(iter(()), timeout=CASE_SECONDS)), [])


def custom_metadata(stub):
    def check_echo(call):
        check("initial metadata", dict(call.initial_metadata()).get(INITIAL[0]), INITIAL[1])
        check("trailing metadata", dict(call.trailing_metadata()).get(TRAILING[0]), TRAILING[1])

    response, call = stub.UnaryCall.with_call(large_request(), metadata=(INITIAL, TRAILING), timeout=CASE_SECONDS)
    check("response size", len(response.payload.body), 314159)
    check_echo(call)

    request = output_request(314159, 271828)
    call = stub.FullDuplexCall(iter((request,)), metadata=(INITIAL, TRAILING), timeout=CASE_SECONDS)
    check("response sizes", [len(r.payload.body) for r in call], [314159])
    check_echo(call)


def status_code_and_message(stub):
    status = messages_pb2.EchoStatus(code=2, message="test status message")
    check_failure(
        lambda: stub.UnaryCall(messages_pb2.SimpleRequest(response_status=status), timeout=CASE_SECONDS),
        grpc.StatusCode.UNKNOWN, status.message)
    check_failure(
        lambda: list(stub.FullDuplexCall(iter((output_request(status=status),)), timeout=CASE_SECONDS)),
        grpc.StatusCode.UNKNOWN, status.message)


def special_status_message(stub):
    status = messages_pb2.EchoStatus(code=2, message=SPECIAL_MESSAGE)
    check_failure(
        lambda: stub.UnaryCall(messages_pb2.SimpleRequest(response_status=status), timeout=CASE_SECONDS),
        grpc.StatusCode.UNKNOWN, SPECIAL_MESSAGE)


def unimplemented_method(stub):
    check_failure(lambda: stub.UnimplementedCall(Empty(), timeout=CASE_SECONDS), grpc.StatusCode.UNIMPLEMENTED)


def unimplemented_service(channel):
    stub = test_pb2_grpc.UnimplementedServiceStub(channel)
    check_failure(lambda: stub.UnimplementedCall(Empty(), timeout=CASE_SECONDS), grpc.StatusCode.UNIMPLEMENTED)


def cancel_after_begin(stub):
    requests = Requests()
    call = stub.StreamingInputCall.future(iter(requests), timeout=CASE_SECONDS)
    call.cancel()
    requests.finish()
    check("cancelled", call.cancelled(), True)
    check("status code", call.code(), grpc.StatusCode.CANCELLED)


def cancel_after_first_response(stub):
    requests = Requests()
    responses = stub.FullDuplexCall(iter(requests), timeout=CASE_SECONDS)
    requests.write(output_request(RESPONSE_SIZES[0], REQUEST_SIZES[0]))
    check("response size", len(next(responses).payload.body), RESPONSE_SIZES[0])
    responses.cancel()
    check_failure(lambda: next(responses), grpc.StatusCode.CANCELLED)
    requests.finish()


def timeout_on_sleeping_server(stub):
    requests = Requests()
    requests.write(output_request(request_size=27182))
    responses = stub.FullDuplexCall(iter(requests), timeout=0.001)
    check_failure(lambda: next(responses), grpc.StatusCode.DEADLINE_EXCEEDED)
    requests.finish()


CASES = (
    empty_unary, large_unary, client_streaming, server_streaming, ping_pong, empty_stream, custom_metadata,
    status_code_and_message, special_status_message, unimplemented_method, unimplemented_service,
    cancel_after_begin, cancel_after_first_response, timeout_on_sleeping_server,
)


def main():
    # Should a case hang all the same, say where, before whoever started this program loses patience.
    faulthandler.dump_traceback_later(30, exit=True)
    parser = argparse.ArgumentParser()
    parser.add_argument("--server_host", default="127.0.0.1")
    parser.add_argument("--server_host_override", default="")
    parser.add_argument("--server_port", type=int, required=True)
    parser.add_argument("--test_case", required=True)
    parser.add_argument("--use_tls", type=boolean, default=False)
    parser.add_argument("--tls_ca_file")
    flags = parser.parse_args()
    cases = {case.__name__: case for case in CASES}
    if flags.test_case not in cases:
        sys.exit(f"unknown test case {flags.test_case!r}; known: {', '.join(cases)}")

    target = f"{flags.server_host}:{flags.server_port}"
    if flags.use_tls:
        with open(flags.tls_ca_file, "rb") as ca:
            credentials = grpc.ssl_channel_credentials(ca.read())
        options = []
        if flags.server_host_override:
            options.append(("grpc.ssl_target_name_override", flags.server_host_override))
        channel = grpc.secure_channel(target, credentials, options)
    else:
        channel = grpc.insecure_channel(target)
    with channel:
        case = cases[flags.test_case]
        case(channel if case is unimplemented_service else test_pb2_grpc.TestServiceStub(channel))
    print(f"{flags.test_case}: passed", flush=True)
    # All is checked and closed. The interpreter's own shutdown can wait forever in grpcio's finalizers.
    os._exit(0)


main()
