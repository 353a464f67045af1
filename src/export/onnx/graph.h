// Builds a model in the ONNX format, node by node. Format:
// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/tensor.h"

namespace latent::onnx {

/// The type of a value's elements, by its number in the format.
enum class ElementType { kFloat = 1, kByte = 2, kInt64 = 7, kBool = 9 };

/// A value in a graph, by its name; "" for an optional input that is left out.
using Value = std::string;

/// An attribute of a node: an integer, a number, a word, or a list of integers.
using Attribute =
    std::pair<std::string, std::variant<int64_t, float, std::string, std::vector<int64_t>>>;

/// A graph of operators of opset 17. Values are named after the node that makes them.
class Graph {
 public:
  /// sizes: of one example; the first size, of the batch, is free.
  Value input(const std::string& name, ElementType type, const std::vector<int64_t>& sizes);
  void output(const std::string& name, ElementType type, const std::vector<int64_t>& sizes,
              const Value& value);

  /// Adds a node and returns its output. name: of the node; made unique by a number.
  Value add(const std::string& op, const std::vector<Value>& inputs, const std::string& name,
            std::vector<Attribute> attributes = {});
  /// Adds a constant: float, int64 or uint8. It is stored once for each name.
  Value constant(const std::string& name, const Tensor& tensor);
  Value constant(const std::string& name, const std::vector<int64_t>& numbers);

  /// Returns the file: version of the format, producer, graph, and metadata, sorted by their keys.
  std::string file(const std::string& name,
                   const std::map<std::string, std::string>& metadata) const;

 private:
  std::string unique(const std::string& name);

  std::string nodes_, constants_, inputs_, outputs_;  // encoded
  std::map<std::string, int> names_;                  // how often each was taken
};

}  // namespace latent::onnx
