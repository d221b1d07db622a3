/// A plugin that throws, changes modes, and answers each call of the ABI with what it was given.
enum GuardFixture {
  static let library = Workbench.library("guard", source, cxx: true)
  /// The same with a C++ runtime of its own.
  static let apart = Workbench.library("apart", source, cxx: true, "-static-libstdc++ -static-libgcc")

  private static let source = """
    #include <cfenv>
    #include <new>
    #include <stdexcept>
    #include <string>
    #include <system_error>
    #include <vector>
    #include <reinit/reinit.h>
    #if defined(__x86_64__)
    #include <immintrin.h>
    #endif
    #define FILL(name) extern "C" int name(const void *range, void *user)
    struct Plain { int number; };
    namespace gabor { struct Error : std::runtime_error { using std::runtime_error::runtime_error; }; }
    FILL(throw_runtime) { throw std::runtime_error("gain < 0"); }
    FILL(throw_own) { throw gabor::Error("no kernel"); }
    FILL(throw_range) { return std::vector<int>().at(3); }
    FILL(throw_memory) { throw std::bad_alloc(); }
    FILL(throw_empty) { throw std::runtime_error(""); }
    FILL(throw_long) { throw std::runtime_error(std::string(2000, 'x')); }
    FILL(throw_int) { throw 7; }
    FILL(throw_text) { throw "text"; }
    FILL(throw_plain) { throw Plain{7}; }
    FILL(status_7) { return 7; }
    FILL(divide) { volatile double a = 1, b = 3; return a / b > 1; }
    FILL(round_up) { return std::fesetround(FE_UPWARD); }
    FILL(round_up_and_throw) { std::fesetround(FE_UPWARD); throw 1; }
    FILL(round_and_back) { std::fesetround(FE_UPWARD); std::fesetround(FE_TONEAREST); return 0; }
    #if defined(__x86_64__)
    FILL(flush) { _mm_setcsr(_mm_getcsr() | 0x8000); return 0; }
    FILL(denormals) { _mm_setcsr(_mm_getcsr() | 0x0040); return 0; }
    FILL(unmask) { _mm_setcsr(_mm_getcsr() & ~0x0200u); return 0; }
    FILL(x87) { unsigned short word; __asm__("fnstcw %0" : "=m"(word)); word &= ~0x0300; __asm__("fldcw %0" : : "m"(word)); return 0; }
    #endif
    extern "C" {
    ri_status t_entry(const ri_host *host, ri_plugin *self, ri_call *call) { self->abi_minor = 3; return host == (ri_host *)8 && call == (ri_call *)16 ? 11 : 99; }
    ri_status t_fill(const ri_fill *range, void *user) { *(uint64_t *)user = range->count; return 12; }
    ri_status t_distribution(const ri_fill *range, void *user, ri_distribution *out) { out->mean = range->fan_in; return user == (void *)8 ? 13 : 99; }
    ri_status t_create(const ri_build *build, void *user, void **self) { *self = user; return 10 + build->n_params; }
    void t_destroy(void *self) { *(int *)self = 15; }
    uint64_t t_child_count(const void *self) { return *(int *)self + 100; }
    ri_status t_child_at(const void *self, uint64_t index, ri_child *out) { out->flags = *(int *)self; return 10 + index; }
    ri_status t_rebuild(const void *self, const ri_rebuild *rebuild, void **out) { *out = (void *)self; return 10 + rebuild->n_parts; }
    ri_status t_forward(const void *self, const ri_forward *pass) { return *(int *)self + pass->n_inputs; }
    ri_status t_config(const void *self, ri_value *out, uint64_t n) { out[n - 1].count = *(int *)self; return 10 + n; }
    ri_status t_body(uint64_t first, uint64_t end, void *argument) { *(uint64_t *)argument = end - first; return 20; }
    void *t_load(void *argument) { return (char *)argument + 1; }
    uint64_t throwing_count(const void *) { throw std::runtime_error("no children"); }
    void *throwing_load(void *) { throw std::runtime_error("no library"); }
    }
    """
}
