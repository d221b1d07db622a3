#define _GNU_SOURCE
#include "images.h"

#include <link.h>
#include <pthread.h>

enum { image_count = 1024 };

static struct rp_image images[image_count];
static uint32_t n_images;
static pthread_mutex_t adding = PTHREAD_MUTEX_INITIALIZER;

const struct rp_image *rp_image_at(uintptr_t address) {
  uint32_t count = __atomic_load_n(&n_images, __ATOMIC_ACQUIRE);
  for (uint32_t i = 0; i < count; i++)
    if (address >= images[i].start && address < images[i].end) return &images[i];
  return NULL;
}

struct search {
  const rp_site *site;
  uintptr_t address;
  bool is_found;
};

static struct rp_image segment(const struct dl_phdr_info *object, int index) {
  const ElfW(Phdr) *header = &object->dlpi_phdr[index];
  uintptr_t start = object->dlpi_addr + header->p_vaddr;
  return (struct rp_image){.start = start, .end = start + header->p_memsz, .base = object->dlpi_addr};
}

static bool contains(const struct dl_phdr_info *object, uintptr_t address) {
  for (int i = 0; i < object->dlpi_phnum; i++) {
    struct rp_image part = segment(object, i);
    if (object->dlpi_phdr[i].p_type == PT_LOAD && address >= part.start && address < part.end) return true;
  }
  return false;
}

static int add_if_it_is(struct dl_phdr_info *object, size_t size, void *context) {
  struct search *search = context;
  (void)size;
  if (!contains(object, search->address)) return 0;
  search->is_found = true;
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &object->dlpi_phdr[i];
    if (header->p_type != PT_LOAD || !(header->p_flags & PF_X)) continue;
    if (n_images == image_count) return search->is_found = false, 1;
    images[n_images] = segment(object, i);
    images[n_images].site = search->site;
    __atomic_store_n(&n_images, n_images + 1, __ATOMIC_RELEASE);
  }
  return 1;
}

bool rp_add_image(const rp_site *site, const void *address) {
  struct search search = {site, (uintptr_t)address, false};
  pthread_mutex_lock(&adding);
  if (rp_image_at(search.address)) search.is_found = true;
  else dl_iterate_phdr(add_if_it_is, &search);
  pthread_mutex_unlock(&adding);
  return search.is_found;
}
