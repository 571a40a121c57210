"""The interoperability server on grpcio: grpc.testing.TestService until SIGTERM."""

import argparse
import os
import signal
import threading
import time
from concurrent import futures

import grpc
from google.rpc import error_details_pb2, status_pb2  # The details' types have to be known to be taken apart.
from grpc_status import rpc_status
from interop import messages_pb2, test_pb2_grpc
from interop.empty_pb2 import Empty

INITIAL_KEY = "x-grpc-test-echo-initial"
TRAILING_KEY = "x-grpc-test-echo-trailing-bin"


def boolean(text):
    return text.lower() in ("true", "1", "yes")


def echo_metadata(context):
    received = dict(context.invocation_metadata())
    if INITIAL_KEY in received:
        context.send_initial_metadata(((INITIAL_KEY, received[INITIAL_KEY]),))
    if TRAILING_KEY in received:
        context.set_trailing_metadata(((TRAILING_KEY, received[TRAILING_KEY]),))


def echo_status(request, context):
    """Ends the call when the request asks for a status."""
    if request.HasField("response_status") and request.response_status.code != 0:
        code = next(c for c in grpc.StatusCode if c.value[0] == request.response_status.code)
        context.abort(code, request.response_status.message)


def fill_identity(request, context, response):
    """Puts the caller's name and scope, which its token consists of, into the response."""
    token = dict(context.invocation_metadata()).get("authorization", "").removeprefix("Bearer ")
    name, _, scope = token.partition(".")
    if request.fill_username:
        response.username = name
    if request.fill_oauth_scope:
        response.oauth_scope = scope


def end_with_details(context):
    """Ends the call with the error and details that the metadata describes, each detail read and written again."""
    bytes = dict(context.invocation_metadata()).get("x-test-status-details-bin")
    if bytes is None:
        return
    wanted = status_pb2.Status.FromString(bytes)
    status = status_pb2.Status(code=wanted.code, message=wanted.message)
    for detail in wanted.details:
        name = detail.TypeName().rpartition(".")[2]
        message = getattr(error_details_pb2, name, None) or getattr(messages_pb2, name)
        message = message()
        detail.Unpack(message)
        status.details.add().Pack(message)
    context.abort_with_status(rpc_status.to_status(status))


def payload(size):
    return messages_pb2.Payload(body=bytes(size))


def requested_responses(request):
    for parameters in request.response_parameters:
        if parameters.interval_us:
            time.sleep(parameters.interval_us / 1e6)
        yield messages_pb2.StreamingOutputCallResponse(payload=payload(parameters.size))


class TestService(test_pb2_grpc.TestServiceServicer):
    def EmptyCall(self, request, context):
        echo_metadata(context)
        end_with_details(context)
        return Empty()

    def UnaryCall(self, request, context):
        echo_metadata(context)
        echo_status(request, context)
        if request.response_compressed.value:
            context.set_compression(grpc.Compression.Gzip)
        response = messages_pb2.SimpleResponse(payload=payload(request.response_size))
        fill_identity(request, context, response)
        return response

    def StreamingOutputCall(self, request, context):
        echo_metadata(context)
        echo_status(request, context)
        context.set_compression(grpc.Compression.Gzip)
        for parameters, response in zip(request.response_parameters, requested_responses(request)):
            if not parameters.compressed.value:
                context.disable_next_message_compression()
            yield response

    def StreamingInputCall(self, requests, context):
        echo_metadata(context)
        total = sum(len(request.payload.body) for request in requests)
        return messages_pb2.StreamingInputCallResponse(aggregated_payload_size=total)

    def FullDuplexCall(self, requests, context):
        echo_metadata(context)
        for request in requests:
            echo_status(request, context)
            yield from requested_responses(request)

    def HalfDuplexCall(self, requests, context):
        echo_metadata(context)
        for request in list(requests):
            yield from requested_responses(request)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--use_tls", type=boolean, default=False)
    parser.add_argument("--tls_cert_file")
    parser.add_argument("--tls_key_file")
    flags = parser.parse_args()

    server = grpc.server(futures.ThreadPoolExecutor(max_workers=16))
    test_pb2_grpc.add_TestServiceServicer_to_server(TestService(), server)
    address = f"127.0.0.1:{flags.port}"
    if flags.use_tls:
        with open(flags.tls_key_file, "rb") as key, open(flags.tls_cert_file, "rb") as certificate:
            credentials = grpc.ssl_server_credentials([(key.read(), certificate.read())])
        port = server.add_secure_port(address, credentials)
    else:
        port = server.add_insecure_port(address)
    server.start()

    terminated = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: terminated.set())
    print(f"listening on 127.0.0.1:{port}", flush=True)
    terminated.wait()
    server.stop(grace=1).wait(5)
    # The interpreter's own shutdown can wait forever in grpcio's threads.
    os._exit(0)


main()
