// The echo service on grpc++, by its callback API. Serves until it is ended by a signal.
//
//   server [CERTIFICATE KEY]     PEM files, to serve over TLS; prints where it listens
#include <grpcpp/grpcpp.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>

#include "echo.grpc.pb.h"

using echo::Payload;
using echo::Wanted;
using grpc::CallbackServerContext;
using grpc::Status;

namespace {

class Collecting final : public grpc::ServerReadReactor<Payload> {
 public:
  explicit Collecting(Wanted* answer) : answer_(answer) { StartRead(&message_); }

  void OnReadDone(bool ok) override {
    if (!ok) {
      answer_->set_messages(count_);
      Finish(Status::OK);
      return;
    }
    count_++;
    StartRead(&message_);
  }

  void OnDone() override { delete this; }

 private:
  Wanted* answer_;
  Payload message_;
  int64_t count_ = 0;
};

class Expanding final : public grpc::ServerWriteReactor<Payload> {
 public:
  explicit Expanding(const Wanted* wanted) : left_(wanted->messages()) {
    message_.set_body(std::string(wanted->bytes(), '\0'));
    Next();
  }

  void OnWriteDone(bool ok) override {
    if (ok) {
      Next();
    } else {
      Finish(Status::CANCELLED);
    }
  }

  void OnDone() override { delete this; }

 private:
  void Next() {
    if (left_-- > 0) {
      StartWrite(&message_);
    } else {
      Finish(Status::OK);
    }
  }

  int64_t left_;
  Payload message_;
};

class Chatting final : public grpc::ServerBidiReactor<Payload, Payload> {
 public:
  Chatting() { StartRead(&message_); }

  void OnReadDone(bool ok) override {
    if (ok) {
      StartWrite(&message_);
    } else {
      Finish(Status::OK);
    }
  }

  void OnWriteDone(bool ok) override {
    if (ok) {
      StartRead(&message_);
    } else {
      Finish(Status::CANCELLED);
    }
  }

  void OnDone() override { delete this; }

 private:
  Payload message_;
};

class EchoService final : public echo::Echo::CallbackService {
  grpc::ServerUnaryReactor* Unary(CallbackServerContext* context, const Payload* request, Payload* response) override {
    *response = *request;
    auto* reactor = context->DefaultReactor();
    reactor->Finish(Status::OK);
    return reactor;
  }

  grpc::ServerReadReactor<Payload>* Collect(CallbackServerContext*, Wanted* response) override {
    return new Collecting(response);
  }

  grpc::ServerWriteReactor<Payload>* Expand(CallbackServerContext*, const Wanted* request) override {
    return new Expanding(request);
  }

  grpc::ServerBidiReactor<Payload, Payload>* Chat(CallbackServerContext*) override { return new Chatting(); }
};

std::string Content(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

int main(int argc, char** argv) {
  auto credentials = grpc::InsecureServerCredentials();
  if (argc == 3) {
    grpc::SslServerCredentialsOptions options;
    options.pem_key_cert_pairs.push_back({Content(argv[2]), Content(argv[1])});
    credentials = grpc::SslServerCredentials(options);
  }
  EchoService service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", credentials, &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server || port == 0) return 1;
  std::cout << "listening on 127.0.0.1:" << port << std::endl;
  server->Wait();
}
