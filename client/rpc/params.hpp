// What a method takes, and how that is read from what was given: a list also as one value, under
// the singular or the plural name; null as if it were not there; names that nobody knows ignored.
#pragma once

#include <map>
#include <span>
#include <variant>
#include <vector>

#include "client/rpc/error.hpp"

namespace bisik::client::rpc {

enum class Kind {
  text,
  integer,  // 0 and above
  amount,   // the same, and below 0 as if it were absent: no limit
  seconds,  // may have a fraction
  flag,
  texts,     // a list, or one
  integers,  // a list, or one
  later,     // has no meaning yet, and would be missed: refused unless it is empty or false
};

struct Param {
  std::string_view name;
  std::string_view plural;  // of a list; otherwise empty
  Kind kind;
  bool required;
  std::string_view doc;
};

// By what the table promises: each has its kind, or is absent.
class Params {
 public:
  [[nodiscard]] bool has(std::string_view name) const { return given_.contains(name); }
  // Absent: empty, false, or nothing.
  [[nodiscard]] std::string text(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> texts(std::string_view name) const;
  [[nodiscard]] std::optional<std::uint64_t> integer(std::string_view name) const;
  [[nodiscard]] std::vector<std::uint64_t> integers(std::string_view name) const;
  [[nodiscard]] std::optional<double> seconds(std::string_view name) const;
  [[nodiscard]] bool flag(std::string_view name) const;

 private:
  friend std::variant<Params, Error> read_params(std::span<const Param> known, const Input& given);

  std::map<std::string_view, Input> given_;  // lists are arrays
};

[[nodiscard]] std::variant<Params, Error> read_params(std::span<const Param> known,
                                                      const Input& given);

}  // namespace bisik::client::rpc
