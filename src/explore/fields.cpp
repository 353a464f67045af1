#include "explore/fields.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"

namespace latent::explore {
namespace {

using Value = nlohmann::json;

constexpr double kLargestLatent = 1e6;  // far outside what any bottleneck makes

[[noreturn]] void refuse(const std::string& name, const std::string& expected) {
  throw Error(name + ": expected " + expected);
}

double finite_number(const Value& json, const std::string& name) {
  if (!json.is_number()) refuse(name, "finite numbers");
  const auto value = json.get<double>();
  if (!std::isfinite(value) || std::abs(value) > kLargestLatent) {
    refuse(name,
           fmt::format("finite numbers between {:g} and {:g}", -kLargestLatent, kLargestLatent));
  }
  return value;
}

std::string short_text(const Value& json, const std::string& name) {
  if (!json.is_string()) refuse(name, "a text");
  auto text = json.get<std::string>();
  if (text.size() > Fields::kLongestText)
    refuse(name, fmt::format("a text of at most {} bytes", Fields::kLongestText));
  return text;
}

const Value& list_of(const Value* json, const std::string& name, size_t least, size_t most) {
  if (json == nullptr || !json->is_array() || json->size() < least || json->size() > most)
    refuse(name, fmt::format("a list of {} to {}", least, most));
  return *json;
}

}  // namespace

Fields::Fields(const std::string& body) : json_(Value::parse(body, nullptr, false)) {
  if (json_.is_discarded() || !json_.is_object()) throw Error("body: expected a JSON object");
}

const nlohmann::json* Fields::find(const std::string& name) const {
  const auto found = json_.find(name);
  return found == json_.end() || found->is_null() ? nullptr : &*found;
}

int64_t Fields::integer(const std::string& name, int64_t low, int64_t high,
                        int64_t otherwise) const {
  const Value* json = find(name);
  if (json == nullptr) return otherwise;
  const std::string expected = fmt::format("an integer from {} to {}", low, high);
  if (!json->is_number_integer()) refuse(name, expected);
  const bool fits = !json->is_number_unsigned() ||
                    json->get<uint64_t>() <= uint64_t{std::numeric_limits<int64_t>::max()};
  if (!fits || json->get<int64_t>() < low || json->get<int64_t>() > high) refuse(name, expected);
  return json->get<int64_t>();
}

double Fields::number(const std::string& name, double low, double high, double otherwise) const {
  const Value* json = find(name);
  if (json == nullptr) return otherwise;
  const double value = finite_number(*json, name);
  if (value < low || value > high) refuse(name, fmt::format("a number from {} to {}", low, high));
  return value;
}

bool Fields::flag(const std::string& name, bool otherwise) const {
  const Value* json = find(name);
  if (json == nullptr) return otherwise;
  if (!json->is_boolean()) refuse(name, "true or false");
  return json->get<bool>();
}

std::string Fields::text(const std::string& name) const {
  const Value* json = find(name);
  return json == nullptr ? "" : short_text(*json, name);
}

std::vector<std::string> Fields::texts(const std::string& name, size_t most) const {
  std::vector<std::string> all;
  if (find(name) == nullptr) return all;
  for (const Value& each : list_of(find(name), name, 0, most))
    all.push_back(short_text(each, name));
  return all;
}

std::vector<int64_t> Fields::indices(const std::string& name, int64_t count, size_t most) const {
  std::vector<int64_t> all;
  for (const Value& each : list_of(find(name), name, 1, most)) {
    const bool fits = each.is_number_unsigned() &&
                      each.get<uint64_t>() < static_cast<uint64_t>(std::max<int64_t>(count, 0));
    if (!fits) refuse(name, fmt::format("integers from 0 to {}", count - 1));
    all.push_back(each.get<int64_t>());
  }
  return all;
}

Tensor Fields::codes(const std::string& name, int64_t latents, size_t most) const {
  std::vector<float> values;
  const Value& rows = list_of(find(name), name, 1, most);
  for (const Value& row : rows) {
    if (!row.is_array() || row.size() != static_cast<size_t>(latents))
      refuse(name, fmt::format("codes of {} numbers each", latents));
    for (const Value& value : row)
      values.push_back(static_cast<float>(finite_number(value, name)));
  }
  return at::tensor(values).view({static_cast<int64_t>(rows.size()), latents});
}

}  // namespace latent::explore
