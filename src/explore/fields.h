// The JSON object in the body of a request, read field by field.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/tensor.h"

namespace latent::explore {

/// Every function throws Error with one line that names the field and what it may be.
class Fields {
 public:
  /// Throws Error unless `body` is one JSON object in UTF-8.
  explicit Fields(const std::string& body);

  /// Returns an integer from `low` to `high`, or `otherwise` if there is no such field.
  int64_t integer(const std::string& name, int64_t low, int64_t high, int64_t otherwise) const;
  double number(const std::string& name, double low, double high, double otherwise) const;
  bool flag(const std::string& name, bool otherwise) const;
  /// Returns a text of at most kLongestText bytes, "" if there is none.
  std::string text(const std::string& name) const;
  /// Returns a list of such texts, empty if there is none.
  std::vector<std::string> texts(const std::string& name, size_t most) const;
  /// Returns 1 to `most` different or equal integers from 0 to `count` - 1.
  std::vector<int64_t> indices(const std::string& name, int64_t count, size_t most) const;
  /// Returns 1 to `most` codes of `latents` finite numbers each: [N, Z] float32.
  Tensor codes(const std::string& name, int64_t latents, size_t most) const;

  static constexpr size_t kLongestText = 1000;

 private:
  const nlohmann::json* find(const std::string& name) const;

  nlohmann::json json_;
};

}  // namespace latent::explore
