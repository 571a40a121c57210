// The interoperability client on grpc++: runs one case, exit 0 when all of its checks hold.
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "flags.h"
#include "interop/test.grpc.pb.h"
#include "message_flags.h"

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

// What the servers take a token for: the caller's name and scope, with a dot between.
const char kToken[] = "interop-user.interop-scope";

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

SimpleRequest Expecting(bool is_compressed) {
  SimpleRequest request = LargeRequest();
  request.mutable_expect_compressed()->set_value(is_compressed);
  return request;
}

StreamingInputCallRequest Expecting(bool is_compressed, int size) {
  StreamingInputCallRequest request;
  request.mutable_expect_compressed()->set_value(is_compressed);
  request.mutable_payload()->set_body(Zeroes(size));
  return request;
}

Status UnaryCall(TestService::Stub& stub, const SimpleRequest& request, bool is_compressed, SimpleResponse* response) {
  Context context;
  context.set_compression_algorithm(is_compressed ? GRPC_COMPRESS_GZIP : GRPC_COMPRESS_NONE);
  return stub.UnaryCall(&context, request, response);
}

void ClientCompressedUnary(TestService::Stub& stub) {
  SimpleResponse response;
  CheckStatus(UnaryCall(stub, Expecting(true), false, &response), StatusCode::INVALID_ARGUMENT);
  for (const bool is_compressed : {true, false}) {
    CheckOk(UnaryCall(stub, Expecting(is_compressed), is_compressed, &response));
    CheckBody(response.payload().body(), 314159);
  }
}

void ClientCompressedStreaming(TestService::Stub& stub) {
  {
    Context context;
    StreamingInputCallResponse response;
    auto stream = stub.StreamingInputCall(&context, &response);
    stream->Write(Expecting(true, 27182));
    stream->WritesDone();
    CheckStatus(stream->Finish(), StatusCode::INVALID_ARGUMENT);
  }
  Context context;
  context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  StreamingInputCallResponse response;
  auto stream = stub.StreamingInputCall(&context, &response);
  Check("write", stream->Write(Expecting(true, 27182)), true);
  Check("write", stream->Write(Expecting(false, 45904), grpc::WriteOptions().set_no_compression()), true);
  stream->WritesDone();
  CheckOk(stream->Finish());
  Check("aggregated size", response.aggregated_payload_size(), 73086);
}

void ServerCompressedUnary(TestService::Stub& stub) {
  for (const bool is_compressed : {true, false}) {
    SimpleRequest request = LargeRequest();
    request.mutable_response_compressed()->set_value(is_compressed);
    Context context;
    SimpleResponse response;
    CheckOk(stub.UnaryCall(&context, request, &response));
    Check("response is compressed", InteropClientContextInspector::WasCompressed(context), is_compressed);
    CheckBody(response.payload().body(), 314159);
  }
}

void ServerCompressedStreaming(TestService::Stub& stub) {
  const std::vector<std::pair<int, bool>> wanted = {{31415, true}, {92653, false}};
  StreamingOutputCallRequest request;
  for (const auto& [size, is_compressed] : wanted) {
    auto* parameters = request.add_response_parameters();
    parameters->set_size(size);
    parameters->mutable_compressed()->set_value(is_compressed);
  }
  Context context;
  auto stream = stub.StreamingOutputCall(&context, request);
  StreamingOutputCallResponse response;
  for (const auto& [size, is_compressed] : wanted) {
    Check("read", stream->Read(&response), true);
    Check("response is compressed", InteropClientContextInspector::WasCompressed(context), is_compressed);
    CheckBody(response.payload().body(), size);
  }
  Check("read after the last response", stream->Read(&response), false);
  CheckOk(stream->Finish());
}

void CheckIdentity(TestService::Stub& stub, Context& context) {
  SimpleRequest request = LargeRequest();
  request.set_fill_username(true);
  request.set_fill_oauth_scope(true);
  SimpleResponse response;
  CheckOk(stub.UnaryCall(&context, request, &response));
  Check<std::string>("user name", response.username(), "interop-user");
  Check<std::string>("scope", response.oauth_scope(), "interop-scope");
}

// The token belongs to the channel.
void OAuth2AuthToken(TestService::Stub& stub) {
  Context context;
  CheckIdentity(stub, context);
}

void PerRPCCredentials(TestService::Stub& stub) {
  Context context;
  context.set_credentials(grpc::AccessTokenCredentials(kToken));
  CheckIdentity(stub, context);
}

using Stub = std::unique_ptr<TestService::Stub>;

// Many calls, on one channel or each on its own.
void Soak(const Flags& flags, const std::function<Stub()>& make_stub) {
  using Clock = std::chrono::steady_clock;
  const Stub shared = flags["test_case"] == "rpc_soak" ? make_stub() : nullptr;
  const auto start = Clock::now();
  int failures = 0;
  for (int i = 0; i < flags.Number("soak_iterations"); i++) {
    Check("calls are made in time",
          Clock::now() - start < std::chrono::seconds(flags.Number("soak_overall_timeout_seconds")), true);
    const auto begin = Clock::now();
    const Stub own = shared ? nullptr : make_stub();
    Context context;
    SimpleResponse response;
    const Status status = (shared ? shared : own)->UnaryCall(&context, LargeRequest(), &response);
    const auto limit = std::chrono::milliseconds(flags.Number("soak_per_iteration_max_acceptable_latency_ms"));
    if (!status.ok() || Clock::now() - begin > limit) failures++;
  }
  Check("failures are few", failures <= flags.Number("soak_max_failures"), true);
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
    {"client_compressed_unary", ClientCompressedUnary},
    {"client_compressed_streaming", ClientCompressedStreaming},
    {"server_compressed_unary", ServerCompressedUnary},
    {"server_compressed_streaming", ServerCompressedStreaming},
    {"oauth2_auth_token", OAuth2AuthToken},
    {"per_rpc_creds", PerRPCCredentials},
};

}  // namespace

int main(int argc, char** argv) {
  const Flags flags(argc, argv,
                    {{"server_host", "127.0.0.1"},
                     {"server_host_override", ""},
                     {"server_port", ""},
                     {"test_case", ""},
                     {"use_tls", "false"},
                     {"tls_ca_file", ""},
                     {"soak_iterations", "10"},
                     {"soak_max_failures", "0"},
                     {"soak_per_iteration_max_acceptable_latency_ms", "1000"},
                     {"soak_overall_timeout_seconds", "10"}});
  const std::string& name = flags["test_case"];

  auto credentials = grpc::InsecureChannelCredentials();
  grpc::ChannelArguments arguments;
  if (flags.IsTrue("use_tls")) {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = flags.Content("tls_ca_file");
    credentials = grpc::SslCredentials(options);
    if (name == "oauth2_auth_token") {
      credentials = grpc::CompositeChannelCredentials(credentials, grpc::AccessTokenCredentials(kToken));
    }
    if (!flags["server_host_override"].empty()) arguments.SetSslTargetNameOverride(flags["server_host_override"]);
  }
  // Channels to the same address would otherwise share a connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const auto make_channel = [&] {
    return grpc::CreateCustomChannel(flags["server_host"] + ":" + flags["server_port"], credentials, arguments);
  };

  if (name == "rpc_soak" || name == "channel_soak") {
    Soak(flags, [&] { return TestService::NewStub(make_channel()); });
  } else if (name == "unimplemented_service") {
    Unimplemented(*UnimplementedService::NewStub(make_channel()));
  } else if (kCases.count(name) != 0) {
    kCases.at(name)(*TestService::NewStub(make_channel()));
  } else {
    std::cerr << "unknown test case '" << name << "'; known: unimplemented_service, rpc_soak, channel_soak";
    for (const auto& [known, run] : kCases) std::cerr << ", " << known;
    std::cerr << std::endl;
    return 1;
  }
  std::cout << name << ": passed" << std::endl;
}
