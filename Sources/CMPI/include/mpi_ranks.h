#ifndef REINIT_MPI_RANKS_H
#define REINIT_MPI_RANKS_H

#include <stddef.h>
#include <stdint.h>

// A process among several that were started together, as far as a run needs it. The MPI library is opened when it is asked
// for: Open MPI's and MPICH's have binary interfaces of their own, which are both known here.

// Opens a library and joins the others. 0, or -1 and why not in `reason`.
int reinit_mpi_open(const char *library, char *reason, size_t size);

int reinit_mpi_rank(void);
int reinit_mpi_count(void);

// Gives bytes of rank 0 to all. 0, or MPI's error.
int reinit_mpi_broadcast(void *bytes, size_t count);

// Replaces words by the bitwise or of all ranks' words. 0, or MPI's error.
int reinit_mpi_combine(uint64_t *words, size_t count);

// Leaves the others; to be called by all.
void reinit_mpi_close(void);

#endif
