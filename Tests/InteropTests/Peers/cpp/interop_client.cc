// The interoperability client on grpc++: runs one case, exit 0 when all of its checks hold.
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "flags.h"
#include "interop/test.grpc.pb.h"

using grpc::ClientContext;
using grpc::Status;
using grpc::StatusCode;
using namespace grpc::testing;

namespace {

const char kInitialKey[] = "x-grpc-test-echo-initial";
const char kInitialValue[] = "test_initial_metadata_value";
const char kTrailingKey[] = "x-grpc-test-echo-trailing-bin";
const char kTrailingValue[] = "\xab\xab\xab";
const char kStatusMessage[] = "test status message";
const char kSpecialMessage[] = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n";
const std::vector<int> kRequestSizes = {27182, 8, 1828, 45904};
const std::vector<int> kResponseSizes = {31415, 9, 2653, 58979};

template <typename Value>
void Check(const std::string& what, const Value& actual, const Value& expected) {
  if (actual == expected) return;
  std::cerr << what << ": expected " << expected << ", got " << actual << std::endl;
  std::exit(1);
}

void CheckOk(const Status& status) {
  Check<std::string>("status", status.ok() ? "OK" : std::to_string(status.error_code()) + " " + status.error_message(),
                     "OK");
}

void CheckStatus(const Status& status, StatusCode code) { Check<int>("status code", status.error_code(), code); }

void CheckStatus(const Status& status, StatusCode code, const std::string& message) {
  CheckStatus(status, code);
  Check("status message", status.error_message(), message);
}

void CheckBody(const std::string& body, int size) {
  Check<size_t>("response size", body.size(), size);
  Check("response is all zeroes", body == std::string(size, '\0'), true);
}

// A call's context, with a limit so that no case hangs.
struct Context : ClientContext {
  Context() { set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20)); }
};

std::string Zeroes(int size) { return std::string(size, '\0'); }

SimpleRequest LargeRequest() {
  SimpleRequest request;
  request.set_response_size(314159);
  request.mutable_payload()->set_body(Zeroes(271828));
  return request;
}

StreamingOutputCallRequest OutputRequest(int response_size, int request_size) {
  StreamingOutputCallRequest request;
  request.add_response_parameters()->set_size(response_size);
  request.mutable_payload()->set_body(Zeroes(request_size));
  return request;
}

void EmptyUnary(TestService::Stub& stub) {
  Context context;
  Empty response;
  CheckOk(stub.EmptyCall(&context, Empty(), &response));
  Check<size_t>("response size", response.ByteSizeLong(), 0);
}

void LargeUnary(TestService::Stub& stub) {
  Context context;
  SimpleResponse response;
  CheckOk(stub.UnaryCall(&context, LargeRequest(), &response));
  CheckBody(response.payload().body(), 314159);
}

void ClientStreaming(TestService::Stub& stub) {
  Context context;
  StreamingInputCallResponse response;
  auto stream = stub.StreamingInputCall(&context, &response);
  for (const int size : kRequestSizes) {
    StreamingInputCallRequest request;
    request.mutable_payload()->set_body(Zeroes(size));
    Check("write", stream->Write(request), true);
  }
  stream->WritesDone();
  CheckOk(stream->Finish());
  Check("aggregated size", response.aggregated_payload_size(), 74922);
}

void ServerStreaming(TestService::Stub& stub) {
  Context context;
  StreamingOutputCallRequest request;
  for (const int size : kResponseSizes) request.add_response_parameters()->set_size(size);
  auto stream = stub.StreamingOutputCall(&context, request);
  StreamingOutputCallResponse response;
  for (const int size : kResponseSizes) {
    Check("read", stream->Read(&response), true);
    CheckBody(response.payload().body(), size);
  }
  Check("read after the last response", stream->Read(&response), false);
  CheckOk(stream->Finish());
}

void PingPong(TestService::Stub& stub) {
  Context context;
  auto stream = stub.FullDuplexCall(&context);
  StreamingOutputCallResponse response;
  for (size_t i = 0; i < kRequestSizes.size(); i++) {
    Check("write", stream->Write(OutputRequest(kResponseSizes[i], kRequestSizes[i])), true);
    Check("read", stream->Read(&response), true);
    CheckBody(response.payload().body(), kResponseSizes[i]);
  }
  stream->WritesDone();
  Check("read after the last response", stream->Read(&response), false);
  CheckOk(stream->Finish());
}

void EmptyStream(TestService::Stub& stub) {
  Context context;
  auto stream = stub.FullDuplexCall(&context);
  stream->WritesDone();
  StreamingOutputCallResponse response;
  Check("read", stream->Read(&response), false);
  CheckOk(stream->Finish());
}

void AddEchoMetadata(ClientContext& context) {
  context.AddMetadata(kInitialKey, kInitialValue);
  context.AddMetadata(kTrailingKey, kTrailingValue);
}

void CheckEcho(const ClientContext& context) {
  const auto value = [](const auto& metadata, const char* key) {
    const auto found = metadata.find(key);
    return found == metadata.end() ? "(absent)" : std::string(found->second.data(), found->second.size());
  };
  Check<std::string>("initial metadata", value(context.GetServerInitialMetadata(), kInitialKey), kInitialValue);
  Check<std::string>("trailing metadata", value(context.GetServerTrailingMetadata(), kTrailingKey), kTrailingValue);
}

void CustomMetadata(TestService::Stub& stub) {
  {
    Context context;
    AddEchoMetadata(context);
    SimpleResponse response;
    CheckOk(stub.UnaryCall(&context, LargeRequest(), &response));
    CheckBody(response.payload().body(), 314159);
    CheckEcho(context);
  }
  Context context;
  AddEchoMetadata(context);
  auto stream = stub.FullDuplexCall(&context);
  Check("write", stream->Write(OutputRequest(314159, 271828)), true);
  stream->WritesDone();
  StreamingOutputCallResponse response;
  Check("read", stream->Read(&response), true);
  CheckBody(response.payload().body(), 314159);
  Check("read after the last response", stream->Read(&response), false);
  CheckOk(stream->Finish());
  CheckEcho(context);
}

Status UnaryStatus(TestService::Stub& stub, const std::string& message) {
  Context context;
  SimpleRequest request;
  request.mutable_response_status()->set_code(2);
  request.mutable_response_status()->set_message(message);
  SimpleResponse response;
  return stub.UnaryCall(&context, request, &response);
}

void StatusCodeAndMessage(TestService::Stub& stub) {
  CheckStatus(UnaryStatus(stub, kStatusMessage), StatusCode::UNKNOWN, kStatusMessage);

  Context context;
  auto stream = stub.FullDuplexCall(&context);
  StreamingOutputCallRequest request;
  request.mutable_response_status()->set_code(2);
  request.mutable_response_status()->set_message(kStatusMessage);
  Check("write", stream->Write(request), true);
  stream->WritesDone();
  StreamingOutputCallResponse response;
  Check("read", stream->Read(&response), false);
  CheckStatus(stream->Finish(), StatusCode::UNKNOWN, kStatusMessage);
}

void SpecialStatusMessage(TestService::Stub& stub) {
  CheckStatus(UnaryStatus(stub, kSpecialMessage), StatusCode::UNKNOWN, kSpecialMessage);
}

template <typename Stub>
void Unimplemented(Stub& stub) {
  Context context;
  Empty response;
  CheckStatus(stub.UnimplementedCall(&context, Empty(), &response), StatusCode::UNIMPLEMENTED);
}

void CancelAfterBegin(TestService::Stub& stub) {
  Context context;
  StreamingInputCallResponse response;
  auto stream = stub.StreamingInputCall(&context, &response);
  context.TryCancel();
  CheckStatus(stream->Finish(), StatusCode::CANCELLED);
}

void CancelAfterFirstResponse(TestService::Stub& stub) {
  Context context;
  auto stream = stub.FullDuplexCall(&context);
  Check("write", stream->Write(OutputRequest(kResponseSizes[0], kRequestSizes[0])), true);
  StreamingOutputCallResponse response;
  Check("read", stream->Read(&response), true);
  CheckBody(response.payload().body(), kResponseSizes[0]);
  context.TryCancel();
  CheckStatus(stream->Finish(), StatusCode::CANCELLED);
}

void TimeoutOnSleepingServer(TestService::Stub& stub) {
  ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(1));
  auto stream = stub.FullDuplexCall(&context);
  StreamingOutputCallRequest request;
  request.mutable_payload()->set_body(Zeroes(27182));
  stream->Write(request);  // may meet the deadline already
  CheckStatus(stream->Finish(), StatusCode::DEADLINE_EXCEEDED);
}

using Case = void (*)(TestService::Stub&);
const std::map<std::string, Case> kCases = {
    {"empty_unary", EmptyUnary},
    {"large_unary", LargeUnary},
    {"client_streaming", ClientStreaming},
    {"server_streaming", ServerStreaming},
    {"ping_pong", PingPong},
    {"empty_stream", EmptyStream},
    {"custom_metadata", CustomMetadata},
    {"status_code_and_message", StatusCodeAndMessage},
    {"special_status_message", SpecialStatusMessage},
    {"unimplemented_method", Unimplemented<TestService::Stub>},
    {"cancel_after_begin", CancelAfterBegin},
    {"cancel_after_first_response", CancelAfterFirstResponse},
    {"timeout_on_sleeping_server", TimeoutOnSleepingServer},
};

}  // namespace

int main(int argc, char** argv) {
  const Flags flags(argc, argv,
                    {{"server_host", "127.0.0.1"},
                     {"server_host_override", ""},
                     {"server_port", ""},
                     {"test_case", ""},
                     {"use_tls", "false"},
                     {"tls_ca_file", ""}});

  auto credentials = grpc::InsecureChannelCredentials();
  grpc::ChannelArguments arguments;
  if (flags.IsTrue("use_tls")) {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = flags.Content("tls_ca_file");
    credentials = grpc::SslCredentials(options);
    if (!flags["server_host_override"].empty()) arguments.SetSslTargetNameOverride(flags["server_host_override"]);
  }
  const auto channel =
      grpc::CreateCustomChannel(flags["server_host"] + ":" + flags["server_port"], credentials, arguments);

  const std::string& name = flags["test_case"];
  if (name == "unimplemented_service") {
    Unimplemented(*UnimplementedService::NewStub(channel));
  } else if (kCases.count(name) != 0) {
    kCases.at(name)(*TestService::NewStub(channel));
  } else {
    std::cerr << "unknown test case '" << name << "'; known: unimplemented_service";
    for (const auto& [known, run] : kCases) std::cerr << ", " << known;
    std::cerr << std::endl;
    return 1;
  }
  std::cout << name << ": passed" << std::endl;
}
