/* line.h -- lines of text of limited length, put together without memory from the heap, from strings not trusted. */
#ifndef REINIT_CALLS_LINE_H
#define REINIT_CALLS_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct rp_line {
  size_t count;
  char text[2032]; /* what does not fit is left out */
} rp_line;

/* Our own text. */
void rp_line_add(rp_line *line, const char *text);
void rp_line_add_number(rp_line *line, uint64_t number);
void rp_line_add_hex(rp_line *line, uint64_t number);
/* A string that may be anywhere: what cannot be read is left out, and the rest is cut at 512 bytes. */
void rp_line_add_foreign(rp_line *line, const char *text);
/* The same, as one word of a shell's command line. */
void rp_line_add_word(rp_line *line, const char *text);

/* Copies memory that may not be there; how many of the bytes were. */
size_t rp_peek(const void *from, void *to, size_t count);

/* Appends a line to another as it may go to a terminal, or as a JSON string in quotes: controls, and characters that
 * hide or reorder text, are escaped; bytes that are not UTF-8 become U+FFFD. */
void rp_line_show(const rp_line *line, bool json, void (*put)(const char *bytes, size_t count));

#endif
