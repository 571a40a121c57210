// The interoperability server on grpc++: grpc.testing.TestService until SIGTERM.
#include <grpcpp/grpcpp.h>
#include <signal.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "flags.h"
#include "interop/test.grpc.pb.h"
#include "message_flags.h"

using grpc::ServerContext;
using grpc::Status;
using namespace grpc::testing;

namespace {

const char kInitialKey[] = "x-grpc-test-echo-initial";
const char kTrailingKey[] = "x-grpc-test-echo-trailing-bin";

void EchoMetadata(ServerContext* context) {
  for (const auto& [key, value] : context->client_metadata()) {
    const std::string text(value.data(), value.size());
    if (key == kInitialKey) context->AddInitialMetadata(kInitialKey, text);
    if (key == kTrailingKey) context->AddTrailingMetadata(kTrailingKey, text);
  }
}

// An error unless the message that was read last came as the client says that it should.
template <typename Request>
Status CheckCompression(const ServerContext& context, const Request& request) {
  if (!request.has_expect_compressed()) return Status::OK;
  if (InteropServerContextInspector::WasCompressed(context) == request.expect_compressed().value()) return Status::OK;
  return Status(grpc::StatusCode::INVALID_ARGUMENT, "the message came compressed, or not, against expectation");
}

// Puts the caller's name and scope, which its token consists of, into the response.
void FillIdentity(const ServerContext& context, const SimpleRequest& request, SimpleResponse* response) {
  const std::string prefix = "Bearer ";
  const auto found = context.client_metadata().find("authorization");
  if (found == context.client_metadata().end()) return;
  const std::string value(found->second.data(), found->second.size());
  if (value.compare(0, prefix.size(), prefix) != 0) return;
  const std::string token = value.substr(prefix.size());
  const size_t dot = token.find('.');
  if (request.fill_username()) response->set_username(token.substr(0, dot));
  if (request.fill_oauth_scope() && dot != std::string::npos) response->set_oauth_scope(token.substr(dot + 1));
}

template <typename Request>
Status RequestedStatus(const Request& request) {
  if (!request.has_response_status()) return Status::OK;
  return Status(static_cast<grpc::StatusCode>(request.response_status().code()), request.response_status().message());
}

template <typename Stream>
void SendRequested(const StreamingOutputCallRequest& request, Stream* stream) {
  for (const auto& parameters : request.response_parameters()) {
    std::this_thread::sleep_for(std::chrono::microseconds(parameters.interval_us()));
    StreamingOutputCallResponse response;
    response.mutable_payload()->set_body(std::string(parameters.size(), '\0'));
    grpc::WriteOptions options;
    if (!parameters.compressed().value()) options.set_no_compression();
    if (!stream->Write(response, options)) return;
  }
}

class TestServiceOnSync final : public TestService::Service {
  Status EmptyCall(ServerContext* context, const Empty*, Empty*) override {
    EchoMetadata(context);
    return Status::OK;
  }

  Status UnaryCall(ServerContext* context, const SimpleRequest* request, SimpleResponse* response) override {
    EchoMetadata(context);
    const Status status = CheckCompression(*context, *request);
    if (!status.ok()) return status;
    if (request->response_compressed().value()) context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
    FillIdentity(*context, *request, response);
    response->mutable_payload()->set_body(std::string(request->response_size(), '\0'));
    return RequestedStatus(*request);
  }

  Status StreamingOutputCall(ServerContext* context, const StreamingOutputCallRequest* request,
                             grpc::ServerWriter<StreamingOutputCallResponse>* stream) override {
    EchoMetadata(context);
    context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
    const Status status = RequestedStatus(*request);
    if (status.ok()) SendRequested(*request, stream);
    return status;
  }

  Status StreamingInputCall(ServerContext* context, grpc::ServerReader<StreamingInputCallRequest>* stream,
                            StreamingInputCallResponse* response) override {
    EchoMetadata(context);
    StreamingInputCallRequest request;
    size_t total = 0;
    while (stream->Read(&request)) {
      const Status status = CheckCompression(*context, request);
      if (!status.ok()) return status;
      total += request.payload().body().size();
    }
    response->set_aggregated_payload_size(static_cast<int>(total));
    return Status::OK;
  }

  Status FullDuplexCall(ServerContext* context,
                        grpc::ServerReaderWriter<StreamingOutputCallResponse, StreamingOutputCallRequest>* stream) override {
    EchoMetadata(context);
    StreamingOutputCallRequest request;
    while (stream->Read(&request)) {
      const Status status = RequestedStatus(request);
      if (!status.ok()) return status;
      SendRequested(request, stream);
    }
    return Status::OK;
  }

  Status HalfDuplexCall(ServerContext* context,
                        grpc::ServerReaderWriter<StreamingOutputCallResponse, StreamingOutputCallRequest>* stream) override {
    EchoMetadata(context);
    std::vector<StreamingOutputCallRequest> requests;
    StreamingOutputCallRequest next;
    while (stream->Read(&next)) requests.push_back(next);
    for (const auto& request : requests) SendRequested(request, stream);
    return Status::OK;
  }
};

}  // namespace

int main(int argc, char** argv) {
  const Flags flags(argc, argv, {{"port", "0"}, {"use_tls", "false"}, {"tls_cert_file", ""}, {"tls_key_file", ""}});

  // Blocked before gRPC starts its threads, so that only sigwait below receives them.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  auto credentials = grpc::InsecureServerCredentials();
  if (flags.IsTrue("use_tls")) {
    grpc::SslServerCredentialsOptions options;
    options.pem_key_cert_pairs.push_back({flags.Content("tls_key_file"), flags.Content("tls_cert_file")});
    credentials = grpc::SslServerCredentials(options);
  }
  TestServiceOnSync service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:" + flags["port"], credentials, &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server || port == 0) {
    std::cerr << "cannot listen on 127.0.0.1:" << flags["port"] << std::endl;
    return 1;
  }
  std::cout << "listening on 127.0.0.1:" << port << std::endl;

  int number = 0;
  sigwait(&ends, &number);
  server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
  server->Wait();
}
