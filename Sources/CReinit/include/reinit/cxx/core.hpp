/* reinit/cxx/core.hpp -- errors, texts, shapes and element types of the C++ kit. */
#ifndef REINIT_CXX_CORE_HPP
#define REINIT_CXX_CORE_HPP

#include "../reinit.h"

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstring>
#include <cxxabi.h>
#include <exception>
#include <initializer_list>
#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

#if !defined(__cpp_exceptions)
#error "the C++ kit reports failures by exceptions: compile without -fno-exceptions, or use the C headers"
#endif

/* The version is in the mangled names, and the visibility keeps two plugins in one process apart. The kit has
 * no static state. */
namespace reinit::plugin {
inline namespace [[gnu::visibility("hidden")]] v1 {

/* Sizes of the axes, row-major. A view: valid as long as what it was made of, `{2, 3}` until the end of the
 * statement. */
class Shape : public std::span<const int64_t> {
 public:
  using span::span;
  constexpr Shape(span sizes) noexcept : span(sizes) {}
  constexpr Shape(std::initializer_list<int64_t> sizes) noexcept : span(sizes.begin(), sizes.size()) {}
  constexpr uint32_t rank() const noexcept { return static_cast<uint32_t>(size()); }
  friend constexpr bool operator==(Shape a, Shape b) noexcept { return std::ranges::equal(a, b); }
};

constexpr ri_str str(std::string_view s) noexcept { return {s.data(), s.size()}; }
constexpr std::string_view view(ri_str s) noexcept {
  return s.len ? std::string_view(s.ptr, s.len) : std::string_view();
}

inline void append(std::string &to, std::string_view part) { to += part; }
template <class T>
  requires std::is_arithmetic_v<T>
void append(std::string &to, T number) {
  char digits[32];
  if constexpr (std::is_same_v<T, bool>) to += number ? "true" : "false";
  else to.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}
inline void append(std::string &to, Shape shape) {
  to += '[';
  for (size_t i = 0; i < shape.size(); i++) {
    if (i) to += ", ";
    append(to, shape[i]);
  }
  to += ']';
}

/* One string of several parts: words, numbers, shapes. text("expected ", shape, ", found ", 3) */
template <class... Parts> std::string text(const Parts &...parts) {
  std::string whole;
  (append(whole, parts), ...);
  return whole;
}

/* Ends a call with a status and a reason: lowercase, no final period, what was expected and what was found.
 * Without parts the reason is the one that the host has noted already. */
class Error : public std::exception {
 public:
  template <class... Parts> explicit Error(ri_status code, const Parts &...parts)
      : code_(code == RI_OK ? RI_INTERNAL : code), text_(text(parts...)) {}
  ri_status code() const noexcept { return code_; }
  const char *what() const noexcept override { return text_.c_str(); }

 private:
  ri_status code_;
  std::string text_;
};

/* Throws if a function of the host failed; its reason stands. */
inline void check(ri_status status) {
  if (status != RI_OK) throw Error(status);
}

/* Inside of a catch block: the status of what was thrown, its text handed to the host. */
inline ri_status caught(const ri_host *host, ri_call *call) noexcept {
  const auto fail = [&](ri_status code, const char *why) noexcept {
    return call && *why ? host->fail(call, code, ri_text(why)) : code;
  };
  try {
    throw;
  } catch (const Error &error) {
    return fail(error.code(), error.what());
  } catch (const std::bad_alloc &) {
    return fail(RI_NO_MEMORY, "out of memory");
  } catch (const std::invalid_argument &error) {
    return fail(RI_INVALID, error.what());
  } catch (const std::exception &error) {
    return fail(RI_INTERNAL, error.what());
  } catch (...) {
    return fail(RI_INTERNAL, "an exception of unknown type");
  }
}

/* Nothing that is thrown leaves a plugin, but for the unwinding of a thread that is being canceled. */
template <class Body> ri_status guarded(const ri_host *host, ri_call *call, Body &&body) {
  try {
    body();
    return RI_OK;
#ifdef __GLIBCXX__
  } catch (abi::__forced_unwind &) {
    throw;
#endif
  } catch (...) {
    return caught(host, call);
  }
}

/* Writes no further than the host's struct reaches. */
template <class Struct> void write_capped(Struct *out, Struct value) {
  const size_t size = std::min<size_t>(out->struct_size, sizeof value);
  value.struct_size = out->struct_size;
  std::memcpy(static_cast<void *>(out), &value, size);
}
/* Reads no further than the host's struct reaches; the rest is zero. */
template <class Struct> Struct read_capped(const Struct *from) {
  Struct value{};
  std::memcpy(static_cast<void *>(&value), from, std::min<size_t>(from->struct_size, sizeof value));
  return value;
}

/* The RI_... number of a C++ type; 0 for what no tensor holds. */
template <class T> inline constexpr ri_dtype dtype_of = 0;
template <> inline constexpr ri_dtype dtype_of<float> = RI_F32;
template <> inline constexpr ri_dtype dtype_of<double> = RI_F64;
template <> inline constexpr ri_dtype dtype_of<int64_t> = RI_I64;
template <> inline constexpr ri_dtype dtype_of<int32_t> = RI_I32;
template <> inline constexpr ri_dtype dtype_of<int16_t> = RI_I16;
template <> inline constexpr ri_dtype dtype_of<int8_t> = RI_I8;
template <> inline constexpr ri_dtype dtype_of<uint64_t> = RI_U64;
template <> inline constexpr ri_dtype dtype_of<uint32_t> = RI_U32;
template <> inline constexpr ri_dtype dtype_of<uint16_t> = RI_U16;
template <> inline constexpr ri_dtype dtype_of<uint8_t> = RI_U8;
template <> inline constexpr ri_dtype dtype_of<bool> = RI_BOOL8;
template <class T> concept Element = dtype_of<std::remove_cv_t<T>> != 0;

constexpr std::string_view name_of(ri_dtype dtype) noexcept {
  constexpr std::string_view names[] = {"",    "f32", "f64", "f16", "bf16", "i64",  "i32",     "i16",
                                        "i8",  "u64", "u32", "u16", "u8",   "bool", "f8_e4m3", "f8_e5m2"};
  return dtype > 0 && dtype < std::size(names) ? names[dtype] : "an unknown type";
}

} // namespace v1
} // namespace reinit::plugin

#endif
