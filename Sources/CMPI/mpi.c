#include "include/mpi_ranks.h"

#include <dlfcn.h>
#include <stdio.h>

// Bytes and words of one call: MPI counts in int.
enum { piece = 1 << 28 };
enum { funneled = 1 };

// What a handle is: a pointer in Open MPI, a number in MPICH and all that share its binary interface.
#define DECLARE(NAME, HANDLE)                                                                                          \
  static struct {                                                                                                      \
    int (*init)(int *, char ***, int, int *);                                                                          \
    int (*rank)(HANDLE, int *);                                                                                        \
    int (*size)(HANDLE, int *);                                                                                        \
    int (*handler)(HANDLE, HANDLE);                                                                                    \
    int (*broadcast)(void *, int, HANDLE, int, HANDLE);                                                                \
    int (*reduce)(const void *, void *, int, HANDLE, HANDLE, HANDLE);                                                  \
    int (*finalize)(void);                                                                                             \
    HANDLE world, byte, word, bitwise_or, errors_return;                                                               \
  } NAME

typedef void *open_mpi_handle;
typedef int mpich_handle;

DECLARE(open_mpi, open_mpi_handle);
DECLARE(mpich, mpich_handle);

static void *in_place;
static int rank, count;
static enum { closed, is_open_mpi, is_mpich } state;

static int fail(char *reason, size_t size, const char *what, const char *detail) {
  snprintf(reason, size, "%s%s", what, detail ? detail : "");
  return -1;
}

#define LOAD(NAME)                                                                                                     \
  static int load_##NAME(void *library) {                                                                              \
    struct {                                                                                                           \
      void **place;                                                                                                    \
      const char *name;                                                                                                \
    } functions[] = {                                                                                                  \
        {(void **)&NAME.init, "MPI_Init_thread"},        {(void **)&NAME.rank, "MPI_Comm_rank"},                       \
        {(void **)&NAME.size, "MPI_Comm_size"},          {(void **)&NAME.handler, "MPI_Comm_set_errhandler"},          \
        {(void **)&NAME.broadcast, "MPI_Bcast"},         {(void **)&NAME.reduce, "MPI_Allreduce"},                     \
        {(void **)&NAME.finalize, "MPI_Finalize"},                                                                     \
    };                                                                                                                 \
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)                                                  \
      if (!(*functions[i].place = dlsym(library, functions[i].name))) return -1;                                       \
    return 0;                                                                                                          \
  }

LOAD(open_mpi)
LOAD(mpich)

static int load(void *library) {
  open_mpi.world = dlsym(library, "ompi_mpi_comm_world");
  if (open_mpi.world) {
    open_mpi.byte = dlsym(library, "ompi_mpi_byte");
    open_mpi.word = dlsym(library, "ompi_mpi_uint64_t");
    open_mpi.bitwise_or = dlsym(library, "ompi_mpi_op_bor");
    open_mpi.errors_return = dlsym(library, "ompi_mpi_errors_return");
    in_place = (void *)1;
    if (!open_mpi.byte || !open_mpi.word || !open_mpi.bitwise_or || !open_mpi.errors_return) return -1;
    state = is_open_mpi;
    return load_open_mpi(library);
  }
  // The values of the common binary interface of MPICH and its relatives, from its mpi.h.
  mpich.world = 0x44000000;
  mpich.byte = 0x4c00010d;
  mpich.word = 0x4c00083e;
  mpich.bitwise_or = 0x58000008;
  mpich.errors_return = 0x54000001;
  in_place = (void *)-1;
  state = is_mpich;
  return load_mpich(library);
}

int reinit_mpi_open(const char *name, char *reason, size_t size) {
  // Global: an MPI library opens parts of itself that look for its symbols.
  void *library = dlopen(name, RTLD_NOW | RTLD_GLOBAL);
  if (!library) return fail(reason, size, "", dlerror());
  int provided, status;
  if (load(library) != 0) {
    state = closed;
    return fail(reason, size, name, " has not what an MPI library has");
  }
  if (state == is_open_mpi) {
    status = open_mpi.init(NULL, NULL, funneled, &provided) | open_mpi.handler(open_mpi.world, open_mpi.errors_return) |
             open_mpi.rank(open_mpi.world, &rank) | open_mpi.size(open_mpi.world, &count);
  } else {
    status = mpich.init(NULL, NULL, funneled, &provided) | mpich.handler(mpich.world, mpich.errors_return) |
             mpich.rank(mpich.world, &rank) | mpich.size(mpich.world, &count);
  }
  if (status != 0) state = closed;
  return status == 0 ? 0 : fail(reason, size, "MPI_Init_thread failed", NULL);
}

int reinit_mpi_rank(void) { return rank; }
int reinit_mpi_count(void) { return count; }

int reinit_mpi_broadcast(void *bytes, size_t size) {
  for (size_t done = 0; done < size;) {
    int part = size - done < piece ? (int)(size - done) : piece;
    void *at = (char *)bytes + done;
    int status = state == is_open_mpi ? open_mpi.broadcast(at, part, open_mpi.byte, 0, open_mpi.world)
                                      : mpich.broadcast(at, part, mpich.byte, 0, mpich.world);
    if (status != 0) return status;
    done += (size_t)part;
  }
  return 0;
}

int reinit_mpi_combine(uint64_t *words, size_t size) {
  for (size_t done = 0; done < size;) {
    int part = size - done < piece ? (int)(size - done) : piece;
    int status = state == is_open_mpi ? open_mpi.reduce(in_place, words + done, part, open_mpi.word,
                                                        open_mpi.bitwise_or, open_mpi.world)
                                      : mpich.reduce(in_place, words + done, part, mpich.word, mpich.bitwise_or,
                                                     mpich.world);
    if (status != 0) return status;
    done += (size_t)part;
  }
  return 0;
}

void reinit_mpi_close(void) {
  if (state == is_open_mpi) open_mpi.finalize();
  if (state == is_mpich) mpich.finalize();
  state = closed;
}
