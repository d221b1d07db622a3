#define _GNU_SOURCE
#include "line.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { foreign_limit = 512, peek_step = 64 };

static void add_bytes(rp_line *line, const char *bytes, size_t count) {
  size_t room = sizeof line->text - line->count;
  if (count > room) count = room;
  memcpy(line->text + line->count, bytes, count);
  line->count += count;
}

void rp_line_add(rp_line *line, const char *text) { add_bytes(line, text, strlen(text)); }

static void add_digits(rp_line *line, uint64_t number, unsigned base) {
  char digits[24];
  size_t first = sizeof digits;
  do digits[--first] = "0123456789abcdef"[number % base];
  while (number /= base);
  add_bytes(line, digits + first, sizeof digits - first);
}

void rp_line_add_number(rp_line *line, uint64_t number) { add_digits(line, number, 10); }

void rp_line_add_hex(rp_line *line, uint64_t number) {
  rp_line_add(line, "0x");
  add_digits(line, number, 16);
}

size_t rp_peek(const void *from, void *to, size_t count) {
  struct iovec local = {to, count}, remote = {(void *)from, count};
  ssize_t got = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
  if (got >= 0) return (size_t)got;
  if (errno == EFAULT || errno == ENOMEM) return 0;
  // Forbidden here: then there is no careful way.
  memcpy(to, from, count);
  return count;
}

/* The bytes of a string up to its NUL, or to where memory ends; how many. */
static size_t read_foreign(const char *text, char *out, size_t limit) {
  size_t count = 0;
  while (text && count < limit) {
    // A step never crosses the border of a page: a transfer that fails in part fails as a whole.
    size_t step = peek_step - (uintptr_t)(text + count) % peek_step;
    if (step > limit - count) step = limit - count;
    size_t got = rp_peek(text + count, out + count, step);
    const char *end = memchr(out + count, 0, got);
    if (end) return (size_t)(end - out);
    count += got;
    if (got < step) break;
  }
  return count;
}

void rp_line_add_foreign(rp_line *line, const char *text) {
  char bytes[foreign_limit];
  size_t count = read_foreign(text, bytes, sizeof bytes);
  add_bytes(line, bytes, count);
}

static bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("_-./+:@%,=", c));
}

void rp_line_add_word(rp_line *line, const char *text) {
  char bytes[foreign_limit];
  size_t count = read_foreign(text, bytes, sizeof bytes), plain = 0;
  while (plain < count && is_plain(bytes[plain])) plain++;
  if (plain == count && count > 0) return add_bytes(line, bytes, count);
  rp_line_add(line, "'");
  for (size_t i = 0; i < count; i++) {
    if (bytes[i] == '\'') rp_line_add(line, "'\\''");
    else add_bytes(line, bytes + i, 1);
  }
  rp_line_add(line, "'");
}

/* One character of UTF-8; *value is it, or U+FFFD. How many bytes it takes. */
static size_t decode(const unsigned char *bytes, size_t count, uint32_t *value) {
  static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
  *value = bytes[0];
  size_t length = bytes[0] < 0x80 ? 1 : bytes[0] < 0xC2 ? 0 : bytes[0] < 0xE0 ? 2 : bytes[0] < 0xF0 ? 3 : 4;
  if (length == 1) return 1;
  *value = 0xFFFD;
  if (length == 0 || bytes[0] > 0xF4 || length > count) return 1;
  uint32_t scalar = bytes[0] & (0x7Fu >> length);
  for (size_t i = 1; i < length; i++) {
    if ((bytes[i] & 0xC0) != 0x80) return 1;
    scalar = scalar << 6 | (bytes[i] & 0x3Fu);
  }
  if (scalar < smallest[length] || scalar > 0x10FFFF || (scalar >= 0xD800 && scalar < 0xE000)) return 1;
  *value = scalar;
  return length;
}

/* Controls, and what cannot be seen or reorders the rest. */
static bool is_treacherous(uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x61C || c == 0x180E || (c >= 0x200B && c < 0x2010) ||
         (c >= 0x2028 && c < 0x202F) || (c >= 0x2060 && c < 0x2070) || c == 0xFEFF || (c >= 0xFFF9 && c < 0xFFFC) ||
         (c >= 0xE0000 && c < 0xE1000);
}

static void show_unit(uint32_t unit, void (*put)(const char *, size_t)) {
  char text[6] = {'\\', 'u'};
  for (int i = 0; i < 4; i++) text[2 + i] = "0123456789abcdef"[unit >> (12 - 4 * i) & 15];
  put(text, sizeof text);
}

static void show_escape(uint32_t c, bool json, void (*put)(const char *, size_t)) {
  if (json && c < 0x10000) return show_unit(c, put);
  if (json) {
    show_unit(0xD7C0 + (c >> 10), put);
    return show_unit(0xDC00 + (c & 0x3FF), put);
  }
  char text[8];
  size_t first = sizeof text;
  do text[--first] = "0123456789ABCDEF"[c % 16];
  while (c /= 16);
  put("\\u{", 3);
  put(text + first, sizeof text - first);
  put("}", 1);
}

void rp_line_show(const rp_line *line, bool json, void (*put)(const char *bytes, size_t count)) {
  if (json) put("\"", 1);
  for (size_t i = 0; i < line->count;) {
    uint32_t c;
    size_t length = decode((const unsigned char *)line->text + i, line->count - i, &c);
    if (json && (c == '"' || c == '\\')) put("\\", 1);
    if (is_treacherous(c)) show_escape(c, json, put);
    else if (c == 0xFFFD && length == 1) put("\xEF\xBF\xBD", 3);
    else put(line->text + i, length);
    i += length;
  }
  if (json) put("\"", 1);
}
