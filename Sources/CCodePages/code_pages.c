#include "code_pages.h"

#include <string.h>

#if !defined(__has_embed)
#error "a compiler with #embed is needed: clang 19 or later, as Swift 6.2 brings one"
#endif
#pragma clang diagnostic ignored "-Wc23-extensions"

// An empty line behind each file ends its last page; a zero ends the text.
static const unsigned char pages[] = {
#embed "../../docs/codes/R01.txt" suffix(, '\n', )
#embed "../../docs/codes/R02.txt" suffix(, '\n', )
#embed "../../docs/codes/R03.txt" suffix(, '\n', )
#embed "../../docs/codes/R04.txt" suffix(, '\n', )
#embed "../../docs/codes/R05.txt" suffix(, '\n', )
#embed "../../docs/codes/R06.txt" suffix(, '\n', )
#embed "../../docs/codes/R07.txt" suffix(, '\n', )
#embed "../../docs/codes/R08.txt" suffix(, '\n', )
#embed "../../docs/codes/R09.txt" suffix(, '\n', )
    0};

const char *reinit_code_page(const char *id, size_t *size) {
  size_t length = strlen(id);
  for (const char *at = (const char *)pages; (at = strstr(at, "\n\n")) != NULL;) {
    at += 2;
    if (strncmp(at, id, length) != 0 || at[length] != ' ') continue;
    const char *title = at + length + 1;
    const char *end = strstr(title, "\n\n");
    *size = end ? (size_t)(end - title) : strlen(title);
    return title;
  }
  return NULL;
}
