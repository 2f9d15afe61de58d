#include "server/show.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace bisik::server {
namespace {

std::string padded(const std::string& text, std::size_t width) {
  return text + std::string(width - std::min(width, text.size()), ' ');
}

std::string padded_left(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

}  // namespace

std::string as_table(const std::vector<ShownRow>& rows) {
  std::size_t name = 0;
  std::size_t value = 0;
  std::size_t unit = 0;
  for (const auto& row : rows) {
    name = std::max(name, row.name.size());
    value = std::max(value, std::to_string(row.value).size());
    unit = std::max(unit, row.unit.size());
  }
  std::string out;
  for (const auto& row : rows) {
    out += padded(row.name, name) + "  " + padded_left(std::to_string(row.value), value) + " " +
           padded(row.unit, unit) + "  " + row.words + "\n";
  }
  return out;
}

std::string as_json(const std::vector<ShownRow>& rows, const std::string& words) {
  auto object = nlohmann::ordered_json::object();
  for (const auto& row : rows) {
    object[row.name] = {{"value", row.value}, {"unit", row.unit}, {words, row.words}};
  }
  return object.dump() + "\n";
}

}  // namespace bisik::server
