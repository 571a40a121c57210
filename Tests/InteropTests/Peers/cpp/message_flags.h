// Whether the message that a call received last was compressed. grpc++ tells it to its own interoperability programs only,
// by these names.
#pragma once

#include <grpcpp/grpcpp.h>

uint32_t grpc_call_test_only_get_message_flags(grpc_call* call);

namespace grpc {
namespace testing {

inline bool WasCompressed(grpc_call* call) {
  const uint32_t kWasCompressed = 0x40000000u;
  return (grpc_call_test_only_get_message_flags(call) & kWasCompressed) != 0;
}

class InteropClientContextInspector {
 public:
  static bool WasCompressed(const grpc::ClientContext& context) { return testing::WasCompressed(context.call_); }
};

class InteropServerContextInspector {
 public:
  static bool WasCompressed(const grpc::ServerContextBase& context) {
    return testing::WasCompressed(context.call_.call);
  }
};

}  // namespace testing
}  // namespace grpc
