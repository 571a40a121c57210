#pragma once
#include <nghttp2/nghttp2.h>

// Came with 1.57, and with security updates of older releases: whether a library has it can be asked of the library only.
#if defined(__linux__)
extern void nghttp2_option_set_stream_reset_rate_limit(nghttp2_option *option, uint64_t burst, uint64_t rate)
    __attribute__((weak));
#endif

/// Turns the library's own limit for RST_STREAM off where it has one: it counts with a fixed rate and says INTERNAL_ERROR;
/// the session's own guard counts more kinds of frames, is configurable and says ENHANCE_YOUR_CALM.
static inline void cnghttp2_option_lift_stream_reset_rate_limit(nghttp2_option *option) {
  if (nghttp2_option_set_stream_reset_rate_limit) {
    nghttp2_option_set_stream_reset_rate_limit(option, (uint64_t)1 << 40, (uint64_t)1 << 30);
  }
}
