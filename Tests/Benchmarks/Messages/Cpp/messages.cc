// Repeats one operation on one message with protobuf for C++, for messages.py to count what it costs.
//
//   messages-cpp OPERATION INPUT COUNT FILE      FILE holds the encoded message
//
// Compiled with ARENA, messages are made on an arena, which is made and freed with each of them.
#include <google/protobuf/arena.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "benchmarks.pb.h"

namespace pb = google::protobuf;

namespace {

// A new message, as a program makes one, for as long as `use` runs.
template <typename M, typename Use>
void WithMessage(Use use) {
#ifdef ARENA
  pb::Arena arena;
  use(*pb::Arena::CreateMessage<M>(&arena));
#else
  M message;
  use(message);
#endif
}

void Check(bool succeeded, const char* what) {
  if (succeeded) return;
  std::cerr << "failed: " << what << std::endl;
  std::exit(1);
}

// Calls `repeat` with the operation that is to be repeated.
template <typename M, typename Repeat>
void WithOperation(const std::string& name, const std::string& bytes, Repeat repeat) {
  WithMessage<M>([&](M& message) {
    Check(message.ParseFromString(bytes), "parse the input");
    if (name == "encode") {
      repeat([&] {
        std::string out;
        Check(message.SerializeToString(&out), "serialize");
      });
    } else if (name == "encodeInto") {
      std::string memory(bytes.size(), 0);
      repeat([&] { Check(message.SerializeToArray(memory.data(), memory.size()), "serialize"); });
    } else if (name == "decode") {
      repeat([&] { WithMessage<M>([&](M& fresh) { Check(fresh.ParseFromString(bytes), "parse"); }); });
    } else if (name == "equality") {
      WithMessage<M>([&](M& other) {
        other.ParseFromString(bytes);
        repeat([&] { Check(pb::util::MessageDifferencer::Equals(message, other), "compare"); });
      });
    } else if (name == "jsonEncode") {
      repeat([&] {
        std::string out;
        Check(pb::util::MessageToJsonString(message, &out).ok(), "write JSON");
      });
    } else if (name == "jsonDecode") {
      std::string json;
      Check(pb::util::MessageToJsonString(message, &json).ok(), "write JSON");
      repeat([&] {
        WithMessage<M>([&](M& fresh) { Check(pb::util::JsonStringToMessage(json, &fresh).ok(), "read JSON"); });
      });
    } else if (name == "textEncode") {
      repeat([&] {
        std::string out;
        Check(pb::TextFormat::PrintToString(message, &out), "write text");
      });
    } else if (name == "textDecode") {
      std::string text;
      Check(pb::TextFormat::PrintToString(message, &text), "write text");
      repeat([&] {
        WithMessage<M>([&](M& fresh) { Check(pb::TextFormat::ParseFromString(text, &fresh), "read text"); });
      });
    } else {
      Check(false, "no such operation");
    }
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "usage: " << argv[0] << " OPERATION INPUT COUNT FILE" << std::endl;
    return 2;
  }
  const std::string operation = argv[1], input = argv[2];
  const long count = std::atol(argv[3]);
  std::ifstream file(argv[4], std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const auto repeat = [count](auto&& body) {
    for (long i = 0; i < count; i++) body();
  };
  if (input == "small") {
    WithOperation<bench::Small>(operation, bytes, repeat);
  } else if (input == "wide") {
    WithOperation<bench::Wide>(operation, bytes, repeat);
  } else if (input == "tree") {
    WithOperation<bench::Tree>(operation, bytes, repeat);
  } else if (input == "packs" || input == "packi1") {
    WithOperation<bench::Packed>(operation, bytes, repeat);
  } else if (input == "blob") {
    WithOperation<bench::Blob>(operation, bytes, repeat);
  } else {
    WithOperation<pb::FileDescriptorSet>(operation, bytes, repeat);
  }
}
