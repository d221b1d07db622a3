#ifndef REINIT_GUARD_H
#define REINIT_GUARD_H

#include <stddef.h>
#include <stdint.h>

// Read-only mappings whose file may be truncated under them. A fault on a page that is gone puts zero pages
// over the rest of the mapping and raises the mapping's flag, instead of ending the process.

// Installs the handler for SIGBUS once; 0, or an errno. A handler that was there before gets foreign faults.
int reinit_guard_install(void);

// Registers a mapping; its slot, or -1 where all slots are taken. `start` is page-aligned.
int reinit_guard_add(const void *start, size_t length);

// Forgets a mapping; to be called before munmap, so that no later mapping of the address is mistaken for it.
void reinit_guard_remove(int slot);

// 1 where a page of the mapping was gone when it was touched.
int reinit_guard_faulted(int slot);

// Files and folders to be removed if the process is interrupted. All three are safe on any thread, the last one in a
// signal handler too; whoever takes a path out of its slot owns it.
int reinit_temporary_add(const char *path);
void reinit_temporary_remove(int slot);
void reinit_temporary_unlink_all(void);

// Removes a folder with all that is in it, links themselves and not what they lead to; 0, or an errno. Safe in a signal
// handler.
int reinit_remove_folder(const char *path);

// What is said on a descriptor if the process is interrupted: lines, ended by a newline. As above, the last one is
// safe in a signal handler too.
int reinit_notice_add(const char *text);
void reinit_notice_remove(int slot);
void reinit_notice_write_all(int descriptor);

// Copies the extended attributes of a file to another, access control lists among them; 0, or the errno of the first
// that cannot be copied.
int reinit_copy_attributes(int from, int to);

// System calls that the Swift overlay does not offer. The first gives 0 or an errno, the others set errno.
int reinit_rename_noreplace(const char *from, const char *to);
int reinit_rename_exchange(const char *from, const char *to);
int reinit_allocate(int descriptor, int64_t size);
ptrdiff_t reinit_copy_range(int source, int64_t from, int target, int64_t to, size_t count);

#endif
