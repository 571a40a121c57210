"""The interoperability client on grpcio: runs one case, exit 0 when all of its checks hold."""

import argparse
import contextlib
import faulthandler
import os
import queue
import sys
import time

import grpc
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status
from interop import messages_pb2, test_pb2_grpc
from interop.empty_pb2 import Empty

REQUEST_SIZES = (27182, 8, 1828, 45904)
RESPONSE_SIZES = (31415, 9, 2653, 58979)
INITIAL = ("x-grpc-test-echo-initial", "test_initial_metadata_value")
TRAILING = ("x-grpc-test-echo-trailing-bin", b"\xab\xab\xab")
SPECIAL_MESSAGE = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"
CASE_SECONDS = 20
# What the servers take a token for: the caller's name and scope, with a dot between.
TOKEN, USER_NAME, SCOPE = "interop-user.interop-scope", "interop-user", "interop-scope"


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


def expecting(is_compressed):
    request = large_request()
    request.expect_compressed.value = is_compressed
    return request


def client_compressed_unary(stub):
    check_failure(
        lambda: stub.UnaryCall(expecting(True), timeout=CASE_SECONDS), grpc.StatusCode.INVALID_ARGUMENT)
    for is_compressed in (True, False):
        compression = grpc.Compression.Gzip if is_compressed else grpc.Compression.NoCompression
        response = stub.UnaryCall(expecting(is_compressed), compression=compression, timeout=CASE_SECONDS)
        check("response size", len(response.payload.body), 314159)


def server_compressed_unary(stub):
    # grpcio does not tell how a message came.
    for is_compressed in (True, False):
        request = large_request()
        request.response_compressed.value = is_compressed
        response = stub.UnaryCall(request, timeout=CASE_SECONDS)
        check("response", response, messages_pb2.SimpleResponse(payload=payload(314159)))


def server_compressed_streaming(stub):
    request = messages_pb2.StreamingOutputCallRequest()
    for size, is_compressed in ((31415, True), (92653, False)):
        request.response_parameters.add(size=size).compressed.value = is_compressed
    responses = stub.StreamingOutputCall(request, timeout=CASE_SECONDS)
    check("responses", [r.payload for r in responses], [payload(31415), payload(92653)])


def identity_request():
    request = large_request()
    request.fill_username = request.fill_oauth_scope = True
    return request


def check_identity(response):
    check("user name", response.username, USER_NAME)
    check("scope", response.oauth_scope, SCOPE)


def oauth2_auth_token(stub):
    # The token belongs to the channel.
    check_identity(stub.UnaryCall(identity_request(), timeout=CASE_SECONDS))


def per_rpc_creds(stub):
    credentials = grpc.access_token_call_credentials(TOKEN)
    check_identity(stub.UnaryCall(identity_request(), credentials=credentials, timeout=CASE_SECONDS))


def status_details(stub):
    """A case of this package's own: the server ends the call with the error that the request's metadata describes."""
    sent = status_pb2.Status(code=9, message="all details")
    for detail in (
        error_details_pb2.ErrorInfo(reason="STOCK_EMPTY", domain="shop.example.com", metadata={"item": "42"}),
        error_details_pb2.RetryInfo(retry_delay={"seconds": 1, "nanos": 500000000}),
        error_details_pb2.DebugInfo(stack_entries=["inner", "outer"], detail="assertion"),
        error_details_pb2.QuotaFailure(violations=[{
            "subject": "client:10.0.0.7", "description": "too many", "api_service": "api", "quota_metric": "calls",
            "quota_id": "calls-per-day", "quota_dimensions": {"region": "eu"}, "quota_value": 10,
            "future_quota_value": 20}]),
        error_details_pb2.PreconditionFailure(violations=[{"type": "T", "subject": "s", "description": "d"}]),
        error_details_pb2.BadRequest(field_violations=[{
            "field": "order.amount", "description": "is negative", "reason": "NEGATIVE",
            "localized_message": {"locale": "de-CH", "message": "ist negativ"}}]),
        error_details_pb2.RequestInfo(request_id="7d0f", serving_data="rack 3"),
        error_details_pb2.ResourceInfo(resource_type="file", resource_name="a", owner="me", description="is locked"),
        error_details_pb2.Help(links=[{"url": "https://example.com", "description": "all about it"}]),
        error_details_pb2.LocalizedMessage(locale="fr-CH", message="c'est fermé"),
        messages_pb2.EchoStatus(message="of one's own"),
    ):
        sent.details.add().Pack(detail)
    try:
        stub.EmptyCall(
            Empty(), metadata=(("x-test-status-details-bin", sent.SerializeToString()),), timeout=CASE_SECONDS)
    except grpc.RpcError as error:
        # Raises if code or message differ from those of the call.
        check("status", rpc_status.from_call(error), sent)
    else:
        sys.exit("the call succeeded")


def soak(flags, make_channel):
    """Many calls, on one channel or each on its own."""
    shared = make_channel() if flags.test_case == "rpc_soak" else None
    started, failures = time.monotonic(), []
    for iteration in range(flags.soak_iterations):
        if time.monotonic() - started > flags.soak_overall_timeout_seconds:
            sys.exit(f"{iteration} of {flags.soak_iterations} calls were made in time")
        begun = time.monotonic()
        try:
            with contextlib.nullcontext(shared) if shared else make_channel() as channel:
                large_unary(test_pb2_grpc.TestServiceStub(channel))
            milliseconds = (time.monotonic() - begun) * 1000
            if milliseconds > flags.soak_per_iteration_max_acceptable_latency_ms:
                failures.append(f"call {iteration} took {milliseconds:.0f} ms")
        except grpc.RpcError as error:
            failures.append(f"call {iteration}: {error}")
    if len(failures) > flags.soak_max_failures:
        sys.exit(f"{len(failures)} failures; the first: {failures[0]}")


CASES = (
    empty_unary, large_unary, client_streaming, server_streaming, ping_pong, empty_stream, custom_metadata,
    status_code_and_message, special_status_message, unimplemented_method, unimplemented_service,
    cancel_after_begin, cancel_after_first_response, timeout_on_sleeping_server,
    client_compressed_unary, server_compressed_unary, server_compressed_streaming, oauth2_auth_token, per_rpc_creds,
    status_details,
)
SOAKS = ("rpc_soak", "channel_soak")


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
    parser.add_argument("--soak_iterations", type=int, default=10)
    parser.add_argument("--soak_max_failures", type=int, default=0)
    parser.add_argument("--soak_per_iteration_max_acceptable_latency_ms", type=int, default=1000)
    parser.add_argument("--soak_overall_timeout_seconds", type=int, default=10)
    flags = parser.parse_args()
    cases = {case.__name__: case for case in CASES}
    if flags.test_case not in cases and flags.test_case not in SOAKS:
        sys.exit(f"unknown test case {flags.test_case!r}; known: {', '.join((*cases, *SOAKS))}")

    target = f"{flags.server_host}:{flags.server_port}"

    def make_channel():
        if not flags.use_tls:
            return grpc.insecure_channel(target)
        with open(flags.tls_ca_file, "rb") as ca:
            credentials = grpc.ssl_channel_credentials(ca.read())
        if flags.test_case == "oauth2_auth_token":
            credentials = grpc.composite_channel_credentials(credentials, grpc.access_token_call_credentials(TOKEN))
        options = []
        if flags.server_host_override:
            options.append(("grpc.ssl_target_name_override", flags.server_host_override))
        return grpc.secure_channel(target, credentials, options)

    if flags.test_case in SOAKS:
        soak(flags, make_channel)
    else:
        with make_channel() as channel:
            case = cases[flags.test_case]
            case(channel if case is unimplemented_service else test_pb2_grpc.TestServiceStub(channel))
    print(f"{flags.test_case}: passed", flush=True)
    # All is checked and closed. The interpreter's own shutdown can wait forever in grpcio's finalizers.
    os._exit(0)


main()
