/* Swift's runtime handles fatal signals from the moment when it is loaded, to print where a program crashed. A program that
 * has the runtime for this library's sake alone is not to notice it: what was there before is put back. The runtime takes
 * only signals that nobody had, so that this is the default action. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <signal.h>
#include <string.h>

static const int handled[] = {SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGBUS, SIGSEGV};

/* The loaded file that an address lies in. */
static const struct link_map *file_of(const void *address) {
  Dl_info info;
  struct link_map *map = NULL;
  if (dladdr1(address, &info, (void **)&map, RTLD_DL_LINKMAP) == 0) return NULL;
  return map;
}

/* Whether a file was loaded after another one: a program that has brought the runtime itself has it before us. */
static int is_after(const struct link_map *file, const struct link_map *other) {
  for (const struct link_map *next = other; next != NULL; next = next->l_next)
    if (next == file) return 1;
  return 0;
}

__attribute__((constructor)) static void leave_signals_alone(void) {
  const struct link_map *own = file_of((const void *)leave_signals_alone);
  for (size_t i = 0; i < sizeof handled / sizeof *handled; i++) {
    struct sigaction action;
    if (sigaction(handled[i], NULL, &action) != 0 || !(action.sa_flags & SA_SIGINFO)) continue;
    const struct link_map *file = file_of((const void *)action.sa_sigaction);
    if (file == NULL || own == NULL || strstr(file->l_name, "libswiftCore.so") == NULL || !is_after(file, own)) continue;
    struct sigaction standard;
    memset(&standard, 0, sizeof standard);
    standard.sa_handler = SIG_DFL;
    sigaction(handled[i], &standard, NULL);
  }
}
