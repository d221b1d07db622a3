#include "notes.h"

#include <string.h>

#if !defined(__has_embed)
#error "a compiler with #embed is needed: clang 19 or later, as Swift 6.2 brings one"
#endif
#pragma clang diagnostic ignored "-Wc23-extensions"

// A line for each file; a zero ends each text.
static const unsigned char texts[] = {
#embed "../../docs/architectures/gpt2.txt" suffix(, 0, )
#embed "../../docs/architectures/llama.txt" suffix(, 0, )
#embed "../../docs/architectures/mamba2.txt" suffix(, 0, )
};

size_t reinit_note_count(void) {
  size_t count = 0;
  for (size_t i = 0; i < sizeof texts; i++) count += texts[i] == 0;
  return count;
}

const char *reinit_note(size_t index) {
  const char *at = (const char *)texts, *end = at + sizeof texts;
  while (index > 0 && at < end) {
    at += strlen(at) + 1;
    index--;
  }
  return at < end ? at : NULL;
}

const char *reinit_note_line(const char *from, const char *key, size_t *size) {
  size_t length = strlen(key);
  for (const char *at = from; (at = strstr(at, key)) != NULL; at++) {
    if (at != from && at[-1] != '\n') continue;
    at += length;
    *size = strcspn(at, "\n");
    return at;
  }
  return NULL;
}
