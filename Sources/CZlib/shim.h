#pragma once
#include <zlib.h>

// zlib offers these as macros, which Swift cannot see.

/// Windows of 32 KiB; 16 more asks for gzip's header and trailer (RFC 1952) instead of zlib's (RFC 1950).
static inline int czlib_window_bits(int is_gzip) { return is_gzip ? MAX_WBITS + 16 : MAX_WBITS; }

static inline int czlib_deflate_init(z_stream *stream, int is_gzip) {
  return deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, czlib_window_bits(is_gzip), 8, Z_DEFAULT_STRATEGY);
}

static inline int czlib_inflate_init(z_stream *stream, int is_gzip) {
  return inflateInit2(stream, czlib_window_bits(is_gzip));
}
