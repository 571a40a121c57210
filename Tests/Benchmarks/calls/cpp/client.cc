// Makes calls to the echo service with grpc++'s callback API and prints what they took.
//
//   client PORT unary            COUNT BYTES IN_FLIGHT
//   client PORT server-streaming COUNT BYTES
//   client PORT client-streaming COUNT BYTES
//   client PORT ping-pong        COUNT BYTES
//
// A tenth of COUNT is made before the clock runs. Prints {"count", "seconds"}, with percentiles in µs where each call
// or round trip is timed.
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "echo.grpc.pb.h"

using Clock = std::chrono::steady_clock;
using echo::Payload;
using echo::Wanted;
using grpc::Status;

namespace {

double Microseconds(Clock::duration time) { return std::chrono::duration<double, std::micro>(time).count(); }

void Check(const Status& status) {
  if (status.ok()) return;
  std::cerr << "a call failed: " << status.error_message() << std::endl;
  std::exit(1);
}

// Lets the main thread wait for what the callbacks do.
class Completion {
 public:
  void Done() {
    const std::lock_guard<std::mutex> lock(mutex_);
    done_ = true;
    changed_.notify_one();
  }

  void Wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return done_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
};

// One call after another, each started when the one before it is answered.
class Calls {
 public:
  Calls(echo::Echo::Stub* stub, const Payload& message, long count) : stub_(stub), message_(message), left_(count) {
    times_.reserve(count);
  }

  void Start() {
    if (left_-- == 0) {
      completion_.Done();
      return;
    }
    context_ = std::make_unique<grpc::ClientContext>();
    start_ = Clock::now();
    stub_->async()->Unary(context_.get(), &message_, &answer_, [this](Status status) {
      Check(status);
      times_.push_back(Microseconds(Clock::now() - start_));
      Start();
    });
  }

  std::vector<double> Wait() {
    completion_.Wait();
    return times_;
  }

 private:
  echo::Echo::Stub* stub_;
  const Payload& message_;
  long left_;
  Payload answer_;
  std::unique_ptr<grpc::ClientContext> context_;
  Clock::time_point start_;
  std::vector<double> times_;
  Completion completion_;
};

class Receiving final : public grpc::ClientReadReactor<Payload> {
 public:
  Receiving(echo::Echo::Stub* stub, const Wanted& wanted) {
    stub->async()->Expand(&context_, &wanted, this);
    StartRead(&message_);
    StartCall();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    count_++;
    StartRead(&message_);
  }

  void OnDone(const Status& status) override {
    Check(status);
    completion_.Done();
  }

  long Wait() {
    completion_.Wait();
    return count_;
  }

 private:
  grpc::ClientContext context_;
  Payload message_;
  long count_ = 0;
  Completion completion_;
};

class Sending final : public grpc::ClientWriteReactor<Payload> {
 public:
  Sending(echo::Echo::Stub* stub, const Payload& message, long count) : message_(message), left_(count) {
    stub->async()->Collect(&context_, &answer_, this);
    Next();
    StartCall();
  }

  void OnWriteDone(bool ok) override {
    if (ok) Next();
  }

  void OnDone(const Status& status) override {
    Check(status);
    completion_.Done();
  }

  long Wait() {
    completion_.Wait();
    return answer_.messages();
  }

 private:
  void Next() {
    if (left_-- > 0) {
      StartWrite(&message_);
    } else {
      StartWritesDone();
    }
  }

  grpc::ClientContext context_;
  const Payload& message_;
  long left_;
  Wanted answer_;
  Completion completion_;
};

class PingPong final : public grpc::ClientBidiReactor<Payload, Payload> {
 public:
  PingPong(echo::Echo::Stub* stub, const Payload& message, long count) : message_(message), left_(count) {
    times_.reserve(count);
    stub->async()->Chat(&context_, this);
    Next();
    StartCall();
  }

  void OnWriteDone(bool ok) override {
    if (ok) StartRead(&answer_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    times_.push_back(Microseconds(Clock::now() - start_));
    Next();
  }

  void OnDone(const Status& status) override {
    Check(status);
    completion_.Done();
  }

  std::vector<double> Wait() {
    completion_.Wait();
    return times_;
  }

 private:
  void Next() {
    if (left_-- > 0) {
      start_ = Clock::now();
      StartWrite(&message_);
    } else {
      StartWritesDone();
    }
  }

  grpc::ClientContext context_;
  const Payload& message_;
  long left_;
  Payload answer_;
  Clock::time_point start_;
  std::vector<double> times_;
  Completion completion_;
};

void Expect(long number, long expected) {
  if (number == expected) return;
  std::cerr << number << " messages instead of " << expected << std::endl;
  std::exit(1);
}

// Makes `count` calls or sends `count` messages; the time of each in µs, if they are timed one by one.
std::vector<double> Measure(const std::string& mode, echo::Echo::Stub* stub, const Payload& message, long count,
                            long in_flight) {
  if (mode == "unary") {
    std::vector<std::unique_ptr<Calls>> workers;
    for (long i = 0; i < in_flight; i++) {
      workers.push_back(std::make_unique<Calls>(stub, message, count / in_flight));
      workers.back()->Start();
    }
    std::vector<double> times;
    for (auto& worker : workers) {
      const auto some = worker->Wait();
      times.insert(times.end(), some.begin(), some.end());
    }
    return times;
  }
  if (mode == "server-streaming") {
    Wanted wanted;
    wanted.set_messages(count);
    wanted.set_bytes(static_cast<int>(message.body().size()));
    Expect(Receiving(stub, wanted).Wait(), count);
    return {};
  }
  if (mode == "client-streaming") {
    Expect(Sending(stub, message, count).Wait(), count);
    return {};
  }
  return PingPong(stub, message, count).Wait();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    std::cerr << "usage: " << argv[0]
              << " PORT unary|server-streaming|client-streaming|ping-pong COUNT BYTES [IN_FLIGHT]" << std::endl;
    return 2;
  }
  const std::string mode = argv[2];
  const long count = std::atol(argv[3]), in_flight = argc > 5 ? std::atol(argv[5]) : 1;
  Payload message;
  message.set_body(std::string(std::atol(argv[4]), '\0'));
  const auto channel = grpc::CreateChannel(std::string("127.0.0.1:") + argv[1], grpc::InsecureChannelCredentials());
  const auto stub = echo::Echo::NewStub(channel);

  Measure(mode, stub.get(), message, std::max(in_flight, count / 10), in_flight);
  const auto start = Clock::now();
  auto times = Measure(mode, stub.get(), message, count, in_flight);
  const double seconds = Microseconds(Clock::now() - start) / 1e6;

  std::sort(times.begin(), times.end());
  std::cout << "{\"count\": " << count << ", \"seconds\": " << seconds;
  if (!times.empty()) {
    std::cout << ", \"p50\": " << times[times.size() / 2] << ", \"p99\": " << times[times.size() * 99 / 100];
  }
  std::cout << "}" << std::endl;
}
