// One pattern all over.

/// `pattern` repeats a pattern as long as the element, so it may start at any element.
static void make_constant(void *out, size_t bytes, uint64_t pattern, bool streaming) {
  u64v value = (u64v)pattern;
  char *byte = out, *end = byte + bytes;
  if (bytes < sizeof value) {
    memcpy(byte, &value, bytes);
    return;
  }
  // Unaligned at both ends, aligned between; the parts overlap.
  memcpy(byte, &value, sizeof value);
  memcpy(end - sizeof value, &value, sizeof value);
  byte += sizeof value - (uintptr_t)byte % sizeof value;
  if (streaming)
    for (; byte + sizeof value <= end; byte += sizeof value) __builtin_nontemporal_store(value, (u64v *)byte);
  else
    for (; byte + sizeof value <= end; byte += sizeof value) *(u64v *)byte = value;
}
