#pragma once
#include <nghttp2/nghttp2.h>

// Came with 1.57 and 1.61, and with security updates of older releases: whether they are there can be asked of the library only.
#if defined(__linux__)
extern void nghttp2_option_set_stream_reset_rate_limit(nghttp2_option *option, uint64_t burst, uint64_t rate)
    __attribute__((weak));
extern void nghttp2_option_set_max_continuations(nghttp2_option *option, size_t count) __attribute__((weak));
#endif

/// Turns the library's own limit for RST_STREAM off where it has one: it counts with a fixed rate and says INTERNAL_ERROR;
/// the session's own guard counts more kinds of frames, is configurable and says ENHANCE_YOUR_CALM.
static inline void cnghttp2_option_lift_stream_reset_rate_limit(nghttp2_option *option) {
  if (nghttp2_option_set_stream_reset_rate_limit) {
    nghttp2_option_set_stream_reset_rate_limit(option, (uint64_t)1 << 40, (uint64_t)1 << 30);
  }
}

/// Sets how many CONTINUATION frames one header list may have where the library has such a limit. Its default of 8 counts a
/// frame header that arrives in pieces once for each piece.
static inline void cnghttp2_option_set_max_continuations(nghttp2_option *option, size_t count) {
  if (nghttp2_option_set_max_continuations) {
    nghttp2_option_set_max_continuations(option, count);
  }
}
