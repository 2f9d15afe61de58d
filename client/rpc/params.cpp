#include "client/rpc/params.hpp"

#include <algorithm>
#include <cmath>

namespace bisik::client::rpc {
namespace {

bool is_list(Kind kind) { return kind == Kind::texts || kind == Kind::integers; }

// Some programs write whole numbers with a fraction of zero.
std::optional<std::uint64_t> whole(const Input& value) {
  constexpr double kExact = 9'007'199'254'740'992;  // 2^53: above it a double skips numbers
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  if (!value.is_number_float()) return std::nullopt;
  const auto number = value.get<double>();
  if (!(number >= 0 && number <= kExact) || std::trunc(number) != number) return std::nullopt;
  return static_cast<std::uint64_t>(number);
}

bool is_below_zero(const Input& value) { return value.is_number() && value.get<double>() < 0; }

bool is_of(Kind kind, const Input& value) {
  switch (kind) {
    case Kind::text:
    case Kind::texts:
      return value.is_string();
    case Kind::integer:
    case Kind::integers:
      return whole(value).has_value();
    case Kind::amount:
      return whole(value).has_value() || is_below_zero(value);
    case Kind::seconds:
      return value.is_number();
    case Kind::flag:
      return value.is_boolean();
    case Kind::later:
      return true;
  }
  return false;
}

std::string_view words_for(Kind kind) {
  switch (kind) {
    case Kind::text:
      return "a string";
    case Kind::texts:
      return "a string or an array of strings";
    case Kind::integer:
    case Kind::amount:
      return "a whole number";
    case Kind::integers:
      return "a whole number or an array of them";
    case Kind::seconds:
      return "a number of seconds";
    default:
      return "true or false";
  }
}

Error wrong(const std::string& what) { return {Code::invalid_params, what, nullptr}; }

bool says_nothing(const Input& value) {
  return value == false || value == 0 || value == "" || (value.is_structured() && value.empty());
}

// Under either name; nothing where nothing but null is.
std::vector<const Input*> values_of(const Param& param, const Input& given) {
  std::vector<const Input*> values;
  for (const auto name : {param.name, param.plural}) {
    const auto found = name.empty() ? given.end() : given.find(name);
    if (found == given.end() || found->is_null()) continue;
    if (is_list(param.kind) && found->is_array()) {
      for (const auto& each : *found) values.push_back(&each);
    } else {
      values.push_back(&*found);
    }
  }
  return values;
}

}  // namespace

std::variant<Params, Error> read_params(std::span<const Param> known, const Input& given) {
  Params params;
  for (const auto& param : known) {
    const std::string name{param.name};
    const auto values = values_of(param, given);
    if (values.empty()) {
      if (param.required) return wrong("The param " + name + " is missing.");
      continue;
    }
    for (const auto* value : values) {
      if (!is_of(param.kind, *value)) {
        return wrong("The param " + name + " is " + std::string{words_for(param.kind)} + ".");
      }
      if (param.kind == Kind::later && !says_nothing(*value)) {
        return Error{Code::user, "The param " + name + " has no meaning in bisik yet.", nullptr};
      }
    }
    if (param.kind == Kind::amount && is_below_zero(*values.front())) continue;
    auto& kept = params.given_[param.name];
    if (!is_list(param.kind)) {
      kept = *values.front();
      continue;
    }
    kept = Input::array();
    for (const auto* value : values) kept.push_back(*value);
  }
  return params;
}

std::string Params::text(std::string_view name) const {
  const auto found = given_.find(name);
  return found == given_.end() ? std::string{} : found->second.get<std::string>();
}

std::vector<std::string> Params::texts(std::string_view name) const {
  const auto found = given_.find(name);
  if (found == given_.end()) return {};
  return found->second.get<std::vector<std::string>>();
}

std::optional<std::uint64_t> Params::integer(std::string_view name) const {
  const auto found = given_.find(name);
  return found == given_.end() ? std::nullopt : whole(found->second);
}

std::vector<std::uint64_t> Params::integers(std::string_view name) const {
  std::vector<std::uint64_t> all;
  const auto found = given_.find(name);
  if (found == given_.end()) return all;
  for (const auto& value : found->second) all.push_back(whole(value).value_or(0));
  return all;
}

std::optional<double> Params::seconds(std::string_view name) const {
  const auto found = given_.find(name);
  if (found == given_.end()) return std::nullopt;
  return found->second.get<double>();
}

bool Params::flag(std::string_view name) const {
  const auto found = given_.find(name);
  return found != given_.end() && found->second.get<bool>();
}

}  // namespace bisik::client::rpc
