// Bytes to and fro between two processes over one TCP connection and nothing else: as many as a call has. Each side waits in epoll, as
// every event-driven stack has to.
//
//   sockets server [blocking]                                    Serves one connection after the other until it is ended by a signal.
//   sockets client PORT unary|ping-pong COUNT BYTES 1 [blocking]
//
// The client's arguments and what it prints are those of swift/client.swift. With `blocking` a side waits in recv, without epoll.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// What a message has around it: a frame header (RFC 9113, 4.1), gRPC's prefix, the field's tag and length. A call also has
// header lists, whose fields HPACK has seen before.
enum { MESSAGE_OVERHEAD = 9 + 5 + 2, REQUEST_LIST = 9 + 10, RESPONSE_LISTS = 9 + 10 + 9 + 2, ROOM = 1 << 16 };

static void require(int holds, const char *what) {
  if (!holds) {
    perror(what);
    exit(1);
  }
}

// A connection, and what tells when it has something to read.
struct end {
  int socket, poll;
};

static struct end begin(int socket, int is_blocking) {
  int one = 1;
  require(setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0, "setsockopt");
  struct end end = {socket, -1};
  if (is_blocking) return end;
  struct epoll_event event = {.events = EPOLLIN};
  end.poll = epoll_create1(0);
  require(end.poll >= 0 && epoll_ctl(end.poll, EPOLL_CTL_ADD, socket, &event) == 0, "epoll");
  return end;
}

// Waits for bytes and reads what is there; 0 when the other side has closed the connection.
static ssize_t receive(struct end end, char *room) {
  struct epoll_event event;
  if (end.poll >= 0) require(epoll_wait(end.poll, &event, 1, -1) == 1, "epoll_wait");
  return recv(end.socket, room, ROOM, 0);
}

static void receive_all(struct end end, char *room, uint32_t count) {
  for (ssize_t got; count > 0; count -= got) {
    got = receive(end, room);
    require(got > 0 && got <= count, "recv");
  }
}

static void send_all(struct end end, const void *bytes, uint32_t count) {
  require(send(end.socket, bytes, count, MSG_NOSIGNAL) == count, "send");
}

// A connection begins with the sizes of requests and answers.
static void serve(struct end end, char *room) {
  uint32_t sizes[2], got = 0;
  if (recv(end.socket, sizes, sizeof sizes, MSG_WAITALL) != sizeof sizes) return;
  require(sizes[0] > 0 && sizes[0] <= ROOM && sizes[1] <= ROOM, "sizes");
  for (ssize_t more; (more = receive(end, room)) > 0;) {
    for (got += more; got >= sizes[0]; got -= sizes[0]) send_all(end, room, sizes[1]);
  }
}

static void run_server(int is_blocking) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  require(bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && listen(listener, 16) == 0, "listen");
  char *room = calloc(1, ROOM);
  for (;;) {
    int socket = accept(listener, NULL, NULL);
    require(socket >= 0, "accept");
    struct end end = begin(socket, is_blocking);
    serve(end, room);
    close(socket);
    if (end.poll >= 0) close(end.poll);
  }
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000ll + time.tv_nsec;
}

static int is_before(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

static void make_round_trips(struct end end, char *room, const uint32_t *sizes, long count, int64_t *times) {
  for (long i = 0; i < count; i++) {
    int64_t start = now();
    send_all(end, room, sizes[0]);
    receive_all(end, room, sizes[1]);
    times[i] = now() - start;
  }
}

static int run_client(int port, const char *mode, long count, long bytes, int is_blocking) {
  int is_call = strcmp(mode, "unary") == 0;
  uint32_t sizes[2] = {
      MESSAGE_OVERHEAD + bytes + (is_call ? REQUEST_LIST : 0), MESSAGE_OVERHEAD + bytes + (is_call ? RESPONSE_LISTS : 0)};
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int socket_ = socket(AF_INET, SOCK_STREAM, 0);
  require(connect(socket_, (struct sockaddr *)&address, sizeof address) == 0, "connect");
  struct end end = begin(socket_, is_blocking);
  char *room = calloc(1, ROOM);
  int64_t *times = malloc(count * sizeof *times);
  send_all(end, sizes, sizeof sizes);
  make_round_trips(end, room, sizes, (count + 9) / 10, times);
  int64_t start = now();
  make_round_trips(end, room, sizes, count, times);
  double seconds = (now() - start) / 1e9;
  qsort(times, count, sizeof *times, is_before);
  printf("{\"count\": %ld, \"seconds\": %f, \"p50\": %f, \"p99\": %f}\n", count, seconds, times[count / 2] / 1e3,
         times[count * 99 / 100] / 1e3);
  return 0;
}

int main(int argc, char **argv) {
  int is_blocking = strcmp(argv[argc - 1], "blocking") == 0;
  if (argc >= 2 && strcmp(argv[1], "server") == 0) run_server(is_blocking);
  if (argc >= 6 && strcmp(argv[1], "client") == 0) {
    long count = atol(argv[4]), bytes = atol(argv[5]);
    require(count > 0 && bytes >= 0 && bytes < ROOM / 2, "reading the arguments");
    return run_client(atoi(argv[2]), argv[3], count, bytes, is_blocking);
  }
  fprintf(stderr, "usage: sockets server [blocking] | client PORT unary|ping-pong COUNT BYTES 1 [blocking]\n");
  return 2;
}
