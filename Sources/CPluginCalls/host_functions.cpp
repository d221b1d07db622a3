#include "include/host_functions.h"

#include "thread.h"

namespace {

/// The innermost call of this thread is in the host for as long as this lives.
class InHost {
 public:
  InHost() noexcept {
    if (!__atomic_load_n(&rp_limit, __ATOMIC_RELAXED) || !rp_self || rp_self->depth == 0) return;
    depth = rp_self->depth;
    rp_leave_plugin(&rp_self->frames[depth - 1]);
  }
  ~InHost() {
    // By the depth: the frames may have moved.
    if (depth) rp_enter_plugin(&rp_self->frames[depth - 1]);
  }
  InHost(const InHost &) = delete;

 private:
  uint32_t depth = 0;
};

/// One function of the table.
template <auto Member>
struct Timed;

template <class Result, class... Arguments, Result (*ri_host::*Member)(Arguments...)>
struct Timed<Member> {
  static inline Result (*real)(Arguments...);

  static Result call(Arguments... arguments) {
    const InHost in_host;
    return __atomic_load_n(&real, __ATOMIC_RELAXED)(arguments...);
  }

  static void install(ri_host *table) {
    __atomic_store_n(&real, table->*Member, __ATOMIC_RELAXED);
    table->*Member = call;
  }
};

}  // namespace

extern "C" void rp_time_host_functions(ri_host *table) {
  Timed<&ri_host::add_initializer>::install(table);
  Timed<&ri_host::add_layer>::install(table);
  Timed<&ri_host::add_function>::install(table);
  Timed<&ri_host::log>::install(table);
  Timed<&ri_host::scratch>::install(table);
  Timed<&ri_host::parallel>::install(table);
  Timed<&ri_host::random_words>::install(table);
  Timed<&ri_host::random_uniform>::install(table);
  Timed<&ri_host::random_normal>::install(table);
  Timed<&ri_host::random_truncated_normal>::install(table);
  Timed<&ri_host::tensor_new>::install(table);
  Timed<&ri_host::tensor_release>::install(table);
  Timed<&ri_host::tensor_view>::install(table);
  Timed<&ri_host::tensor_share>::install(table);
  Timed<&ri_host::layer_new>::install(table);
  Timed<&ri_host::layer_release>::install(table);
  Timed<&ri_host::layer_apply>::install(table);
  Timed<&ri_host::output>::install(table);
  Timed<&ri_host::set_output>::install(table);
  Timed<&ri_host::tensor_view_as>::install(table);
  Timed<&ri_host::layer_info>::install(table);
  Timed<&ri_host::layer_child>::install(table);
  Timed<&ri_host::tensor_read>::install(table);
  Timed<&ri_host::service>::install(table);
}
