/*
 * limit CONNECTION QUERY HOST PORT: what is left when everything is taken away that is not the work itself. libpq reads
 * a cursor, each row becomes the bytes of its record (the id included, by OpenSSL), and 2,000 at a time are posted over
 * two connections. The columns are those of bench/workload/events.ts, in their order.
 */
#include <libpq-fe.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { BATCH = 2000, CONNECTIONS = 2, LONGEST_RECORD = 1024 };

static char body[BATCH * LONGEST_RECORD], *end = body;
static int sockets[CONNECTIONS], awaits[CONNECTIONS], turn, records;

static void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}

static void add(const char *bytes, size_t length) {
  memcpy(end, bytes, length);
  end += length;
}

#define ADD(text) add(text, sizeof(text) - 1)

static void add_text(const char *text) {
  *end++ = '"';
  for (; *text != 0; text++) {
    if (*text == '"' || *text == '\\') *end++ = '\\';
    *end++ = *text;
  }
  *end++ = '"';
}

/* Records have no zeros at the end of a decimal. */
static void add_decimal(const char *digits, size_t length) {
  while (digits[length - 1] == '0') length--;
  if (digits[length - 1] == '.') length--;
  add(digits, length);
}

static void await_answer(int index) {
  static const char answer[] = "{\"status\":\"ok\"}";
  char bytes[4096];
  size_t length = 0;
  while (awaits[index]) {
    ssize_t count = recv(sockets[index], bytes + length, sizeof bytes - 1 - length, 0);
    if (count <= 0) fail("the sink closed the connection");
    bytes[length += count] = 0;
    if (strstr(bytes, answer) != NULL) awaits[index] = 0;
  }
}

static void post(void) {
  if (records == 0) return;
  *end++ = ']';
  char head[256];
  size_t head_length = sprintf(head,
    "POST /data/bench/events HTTP/1.1\r\nhost: sink\r\ncontent-type: application/json\r\ncontent-length: %zu\r\n\r\n",
    (size_t)(end - body));
  await_answer(turn);
  struct iovec parts[2] = {{head, head_length}, {body, end - body}};
  size_t left = head_length + (end - body);
  ssize_t sent = writev(sockets[turn], parts, 2);
  if (sent < (ssize_t)head_length) fail("the sink takes no bytes");
  for (left -= sent; left > 0; left -= sent)
    if ((sent = send(sockets[turn], end - left, left, 0)) <= 0) fail("the sink takes no bytes");
  awaits[turn] = 1;
  turn = (turn + 1) % CONNECTIONS;
  end = body;
  records = 0;
}

static void add_id(const char *key, size_t length) {
  static const char digits[] = "0123456789abcdef";
  unsigned char hash[SHA256_DIGEST_LENGTH];
  SHA256((const unsigned char *)key, length, hash);
  for (int index = 0; index < 16; index++) {
    *end++ = digits[hash[index] >> 4];
    *end++ = digits[hash[index] & 15];
  }
}

static void add_record(PGresult *rows, int row) {
#define VALUE(column) PQgetvalue(rows, row, column)
  char time[32], key[256];
  snprintf(time, sizeof time, "%sZ", VALUE(0));
  time[10] = 'T';
  int key_length = snprintf(key, sizeof key, "[\"%s\",\"%s\",\"%s\"]", time, VALUE(1), VALUE(2));
  *end++ = records++ == 0 ? '[' : ',';
  ADD("{\"_id\":\"");
  add_id(key, key_length);
  ADD("\",\"_timestamp\":\"");
  add(time, strlen(time));
  ADD("\",\"period\":");
  add_text(VALUE(1));
  ADD(",\"channel\":");
  add_text(VALUE(2));
  ADD(",\"event_count\":");
  add(VALUE(3), PQgetlength(rows, row, 3));
  ADD(",\"amount\":");
  add_decimal(VALUE(4), PQgetlength(rows, row, 4));
  ADD(",\"note\":");
  if (PQgetisnull(rows, row, 5)) ADD("null");
  else add_text(VALUE(5));
  *end++ = '}';
  if (records == BATCH) post();
}

static int connect_to(const char *host, const char *port) {
  struct addrinfo *address, hints = {.ai_socktype = SOCK_STREAM};
  if (getaddrinfo(host, port, &hints, &address) != 0) fail("the sink has no address");
  int yes = 1, opened = socket(address->ai_family, SOCK_STREAM, 0);
  if (connect(opened, address->ai_addr, address->ai_addrlen) != 0) fail("the sink does not answer");
  setsockopt(opened, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return opened;
}

static void fetch(PGconn *database) {
  if (!PQsendQueryParams(database, "FETCH 2000 FROM rows", 0, NULL, NULL, NULL, NULL, 0) || !PQsendFlushRequest(database))
    fail(PQerrorMessage(database));
  PQflush(database);
}

int main(int count, char **arguments) {
  if (count != 5) fail("limit CONNECTION QUERY HOST PORT");
  for (int index = 0; index < CONNECTIONS; index++) sockets[index] = connect_to(arguments[3], arguments[4]);
  PGconn *database = PQconnectdb(arguments[1]);
  if (PQstatus(database) != CONNECTION_OK) fail(PQerrorMessage(database));
  char *declare = malloc(strlen(arguments[2]) + 64);
  sprintf(declare, "DECLARE rows NO SCROLL CURSOR FOR %s", arguments[2]);
  PQclear(PQexec(database, "BEGIN READ ONLY"));
  PGresult *declared = PQexec(database, declare);
  if (PQresultStatus(declared) != PGRES_COMMAND_OK) fail(PQerrorMessage(database));
  PQclear(declared);
  // One FETCH is on its way while the rows of another become records.
  PQenterPipelineMode(database);
  fetch(database);
  fetch(database);
  for (int found = 1; found > 0;) {
    PGresult *rows = PQgetResult(database);
    if (PQresultStatus(rows) != PGRES_TUPLES_OK) fail(PQerrorMessage(database));
    fetch(database);
    found = PQntuples(rows);
    for (int row = 0; row < found; row++) add_record(rows, row);
    PQclear(rows);
    PQclear(PQgetResult(database));
  }
  post();
  for (int index = 0; index < CONNECTIONS; index++) await_answer(index);
  PQfinish(database);
  return 0;
}
