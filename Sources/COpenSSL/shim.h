#pragma once
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// OpenSSL offers these as macros, which Swift cannot see.

static inline int copenssl_ctx_set_min_version(SSL_CTX *ctx, int version) {
  return (int)SSL_CTX_set_min_proto_version(ctx, version);
}

static inline int copenssl_ctx_set_max_version(SSL_CTX *ctx, int version) {
  return (int)SSL_CTX_set_max_proto_version(ctx, version);
}

/// No compression, no renegotiation, and the server's order of ciphers.
static inline void copenssl_ctx_set_options(SSL_CTX *ctx) {
  SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
}

static inline void copenssl_ctx_set_mode(SSL_CTX *ctx, long mode) { SSL_CTX_set_mode(ctx, mode); }

static inline void copenssl_set_mode(SSL *ssl, long mode) { SSL_set_mode(ssl, mode); }

static inline void copenssl_clear_mode(SSL *ssl, long mode) { SSL_clear_mode(ssl, mode); }

static inline void copenssl_ctx_set_read_ahead(SSL_CTX *ctx) { SSL_CTX_set_read_ahead(ctx, 1); }

static inline int copenssl_ctx_add_chain_certificate(SSL_CTX *ctx, X509 *certificate) {
  return (int)SSL_CTX_add1_chain_cert(ctx, certificate);
}

static inline int copenssl_set_server_name(SSL *ssl, const char *name) {
  return (int)SSL_set_tlsext_host_name(ssl, name);
}

static inline void copenssl_bio_set_retry_read(BIO *bio) {
  BIO_clear_retry_flags(bio);
  BIO_set_retry_read(bio);
}

static inline void copenssl_bio_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }

static inline long copenssl_bio_memory(BIO *bio, char **bytes) { return BIO_get_mem_data(bio, bytes); }

/// Prints a distinguished name as in RFC 2253, with UTF-8 left readable.
static inline void copenssl_print_name(BIO *bio, const X509_NAME *name) {
  X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
}

static inline int copenssl_certificates_count(const STACK_OF(X509) * certificates) {
  return certificates ? sk_X509_num(certificates) : 0;
}

static inline X509 *copenssl_certificates_at(const STACK_OF(X509) * certificates, int index) {
  return sk_X509_value(certificates, index);
}

static inline GENERAL_NAMES *copenssl_alternative_names(const X509 *certificate) {
  return (GENERAL_NAMES *)X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
}

static inline int copenssl_alternative_names_count(const GENERAL_NAMES *names) {
  return names ? sk_GENERAL_NAME_num(names) : 0;
}

/// Points `bytes` at the text or address of a DNS, URI or IP name and returns its type (GEN_…); -1 for other types.
static inline int copenssl_alternative_name_at(
    const GENERAL_NAMES *names, int index, const unsigned char **bytes, int *count) {
  const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
  if (name->type != GEN_DNS && name->type != GEN_URI && name->type != GEN_IPADD) return -1;
  const ASN1_STRING *string = name->type == GEN_IPADD ? name->d.iPAddress : name->d.ia5;
  *bytes = ASN1_STRING_get0_data(string);
  *count = ASN1_STRING_length(string);
  return name->type;
}

static inline int copenssl_error_reason(unsigned long error) { return ERR_GET_REASON(error); }
