// What the records of one call cost a TLS server and nothing else: OpenSSL reads a request from memory and writes an answer to memory.
//
//   records CERTIFICATE KEY REQUEST-BYTES ANSWER-BYTES COUNT     PEM files; prints the nanoseconds of CPU time of one such exchange
//
// The other end is in the same process; its part is not counted. The server's is in `serve`, for tools that count instructions.
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// So much is read and written between two looks at the clock, if that is more than one exchange; it fits a processor's cache.
enum { BATCH_BYTES = 128 << 10, RECORD_BYTES = 16 << 10 };

static void require(int holds, const char *what) {
  if (!holds) {
    fprintf(stderr, "records: %s failed\n", what);
    exit(1);
  }
}

static double cpu_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1e9 + now.tv_nsec;
}

static SSL *end(SSL_CTX *context, BIO *in, BIO *out) {
  SSL *ssl = SSL_new(context);
  require(ssl != NULL, "SSL_new");
  BIO_up_ref(in);
  BIO_up_ref(out);
  SSL_set_bio(ssl, in, out);
  return ssl;
}

static void send_bytes(SSL *ssl, const char *bytes, int count) {
  require(SSL_write(ssl, bytes, count) == count, "SSL_write");
}

static void receive_bytes(SSL *ssl, char *bytes, int count) {
  for (int got = 0; got < count;) {
    int more = SSL_read(ssl, bytes, RECORD_BYTES);
    require(more > 0, "SSL_read");
    got += more;
  }
}

__attribute__((noinline)) static void serve(SSL *ssl, int exchanges, char *room, int request, const char *bytes, int answer) {
  for (int i = 0; i < exchanges; i++) {
    receive_bytes(ssl, room, request);
    send_bytes(ssl, bytes, answer);
  }
}

int main(int argc, char **argv) {
  require(argc == 6, "reading the arguments");
  int request = atoi(argv[3]), answer = atoi(argv[4]);
  long count = atol(argv[5]);
  double spent = 0;
  int batch = BATCH_BYTES / (request + answer);
  if (batch < 1) batch = 1;

  SSL_CTX *server_context = SSL_CTX_new(TLS_server_method()), *client_context = SSL_CTX_new(TLS_client_method());
  require(SSL_CTX_use_certificate_chain_file(server_context, argv[1]) == 1, "reading the certificate");
  require(SSL_CTX_use_PrivateKey_file(server_context, argv[2], SSL_FILETYPE_PEM) == 1, "reading the key");
  BIO *to_server = BIO_new(BIO_s_mem()), *to_client = BIO_new(BIO_s_mem());
  SSL *server = end(server_context, to_server, to_client), *client = end(client_context, to_client, to_server);
  SSL_set_accept_state(server);
  SSL_set_connect_state(client);
  for (int turn = 0; turn < 10 && !(SSL_is_init_finished(server) && SSL_is_init_finished(client)); turn++) {
    SSL_do_handshake(client);
    SSL_do_handshake(server);
  }
  require(SSL_is_init_finished(server) && SSL_is_init_finished(client), "the handshake");

  char *bytes = calloc(1, request > answer ? request : answer), *received = malloc(RECORD_BYTES);
  for (long left = count; left > 0; left -= batch) {
    if (batch > left) batch = left;
    for (int i = 0; i < batch; i++) send_bytes(client, bytes, request);
    double start = cpu_nanoseconds();
    serve(server, batch, received, request, bytes, answer);
    spent += cpu_nanoseconds() - start;
    for (int i = 0; i < batch; i++) receive_bytes(client, received, answer);
  }
  printf("%.1f\n", spent / count);
}
