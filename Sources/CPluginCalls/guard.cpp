#include "guard.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <typeinfo>

using rp::guarded;

namespace {

/// The type of the exception that is being handled; NULL for one of another language or runtime.
const std::type_info *current_type() noexcept {
  // The pointer is null for foreign exceptions, whose header must not be read as one of ours.
  const std::exception_ptr current = std::current_exception();
  return current ? current.__cxa_exception_type() : nullptr;
}

}  // namespace

void rp::describe_exception(rp_outcome *outcome, const char *what) noexcept {
  outcome->status = RI_INTERNAL;
  outcome->flags |= RP_EXCEPTION;
  const std::type_info *type = current_type();
  const char *name = type ? type->name() : "an exception that is not of C++";
  char *readable = type ? abi::__cxa_demangle(name, nullptr, nullptr, nullptr) : nullptr;
  if (readable) name = readable;
  snprintf(outcome->message, sizeof outcome->message, what && *what ? "%s: %s" : "%s", name, what);
  free(readable);
}

ri_status rp::refuse(rp_outcome *outcome) noexcept {
  snprintf(outcome->message, sizeof outcome->message, "no memory for the call");
  return outcome->status = RI_NO_MEMORY;
}

bool rp::is_late(const rp_frame &frame) noexcept {
  const uint64_t limit = __atomic_load_n(&rp_limit, __ATOMIC_RELAXED);
  return limit && __atomic_load_n(&rp_clock, __ATOMIC_RELAXED) - frame.began > limit;
}

extern "C" {

const char *rp_outcome_message(const rp_outcome *outcome) { return outcome->message; }

const rp_site *rp_active_site(void) {
  return rp_self && rp_self->depth ? rp_self->frames[rp_self->depth - 1].site : nullptr;
}

ri_status rp_entry(const rp_site *site, rp_entry_function function, const ri_host *host, ri_plugin *self, ri_call *call,
                   rp_outcome *outcome) {
  return guarded(site, outcome, [&] { return function(host, self, call); });
}

ri_status rp_fill(const rp_site *site, rp_fill_function function, const ri_fill *range, void *user,
                  rp_outcome *outcome) {
  return guarded(site, outcome, [&] { return function(range, user); });
}

ri_status rp_distribution(const rp_site *site, rp_distribution_function function, const ri_fill *tensor, void *user,
                          ri_distribution *out, rp_outcome *outcome) {
  return guarded(site, outcome, [&] { return function(tensor, user, out); });
}

ri_status rp_create(const rp_site *site, rp_create_function function, const ri_build *build, void *user, void **self,
                    rp_outcome *outcome) {
  return guarded(site, outcome, [&] { return function(build, user, self); });
}

ri_status rp_destroy(const rp_site *site, rp_destroy_function function, void *self, rp_outcome *outcome) {
  return guarded(site, outcome, [&] { return function(self), RI_OK; });
}

ri_status rp_child_count(const rp_site *site, rp_child_count_function function, const void *self, uint64_t *count,
                         rp_outcome *outcome) {
  *count = 0;
  return guarded(site, outcome, [&] { return *count = function(self), RI_OK; });
}

ri_status rp_extension(const rp_site *site, rp_extension_function function, ri_str name, uint32_t version,
                       const void **table, rp_outcome *outcome) {
  *table = nullptr;
  return guarded(site, outcome, [&] { return *table = function(name, version), RI_OK; });
}

ri_status rp_child_at(const rp_site *site, rp_child_at_function function, const void *self, uint64_t index,
                      ri_child *out, rp_outcome *outcome) {
  return guarded(site, outcome, [&] { return function(self, index, out); });
}

ri_status rp_rebuild(const rp_site *site, rp_rebuild_function function, const void *self, const ri_rebuild *rebuild,
                     void **new_self, rp_outcome *outcome) {
  return guarded(site, outcome, [&] { return function(self, rebuild, new_self); });
}

ri_status rp_forward(const rp_site *site, rp_forward_function function, const void *self, const ri_forward *pass,
                     rp_outcome *outcome) {
  return guarded(site, outcome, [&] { return function(self, pass); });
}

ri_status rp_config(const rp_site *site, rp_config_function function, const void *self, ri_value *out, uint64_t n,
                    rp_outcome *outcome) {
  return guarded(site, outcome, [&] { return function(self, out, n); });
}

ri_status rp_body(const rp_site *site, rp_body_function body, uint64_t first, uint64_t end, void *argument,
                  rp_outcome *outcome) {
  return guarded(site, outcome, [&] { return body(first, end, argument); });
}

ri_status rp_load(const rp_site *site, rp_load_function function, void *argument, void **result, rp_outcome *outcome) {
  *result = nullptr;
  return guarded(site, outcome, [&] { return *result = function(argument), RI_OK; });
}

}  // extern "C"
