#include "export/onnx/graph.h"

#include <ATen/ATen.h>

#include <protozero/pbf_builder.hpp>

#include "core/version.h"

namespace latent::onnx {
namespace {

using protozero::pbf_builder;

constexpr int64_t kFormatVersion = 8;  // that came with opset 17
constexpr int64_t kOpsetVersion = 17;
constexpr const char* kBatch = "N";

// The numbers of the fields in onnx.proto.
enum class ModelField : protozero::pbf_tag_type {
  kFormat = 1,
  kProducer = 2,
  kProducerVersion = 3,
  kGraph = 7,
  kOpset = 8,
  kMetadata = 14
};
enum class GraphField : protozero::pbf_tag_type {
  kNode = 1,
  kName = 2,
  kConstant = 5,
  kInput = 11,
  kOutput = 12
};
enum class NodeField : protozero::pbf_tag_type {
  kInput = 1,
  kOutput = 2,
  kName = 3,
  kOp = 4,
  kAttribute = 5
};
enum class AttributeField : protozero::pbf_tag_type {
  kName = 1,
  kNumber = 2,
  kInteger = 3,
  kWord = 4,
  kIntegers = 8,
  kType = 20
};
enum class TensorField : protozero::pbf_tag_type { kSizes = 1, kType = 2, kName = 8, kRaw = 9 };
enum class ValueField : protozero::pbf_tag_type { kName = 1, kType = 2 };
enum class TypeField : protozero::pbf_tag_type { kTensor = 1 };
enum class TensorTypeField : protozero::pbf_tag_type { kElement = 1, kShape = 2 };
enum class ShapeField : protozero::pbf_tag_type { kSize = 1 };
enum class SizeField : protozero::pbf_tag_type { kNumber = 1, kName = 2 };
enum class OpsetField : protozero::pbf_tag_type { kDomain = 1, kVersion = 2 };
enum class PairField : protozero::pbf_tag_type { kKey = 1, kValue = 2 };

void add_attribute(pbf_builder<NodeField>& node, const Attribute& attribute) {
  enum Type { kNumber = 1, kInteger = 2, kWord = 3, kIntegers = 7 };
  pbf_builder<AttributeField> out(node, NodeField::kAttribute);
  out.add_string(AttributeField::kName, attribute.first);
  const auto& value = attribute.second;
  if (const auto* integer = std::get_if<int64_t>(&value)) {
    out.add_int64(AttributeField::kInteger, *integer);
    out.add_enum(AttributeField::kType, kInteger);
  } else if (const auto* number = std::get_if<float>(&value)) {
    out.add_float(AttributeField::kNumber, *number);
    out.add_enum(AttributeField::kType, kNumber);
  } else if (const auto* word = std::get_if<std::string>(&value)) {
    out.add_bytes(AttributeField::kWord, *word);
    out.add_enum(AttributeField::kType, kWord);
  } else {
    for (const int64_t each : std::get<std::vector<int64_t>>(value))
      out.add_int64(AttributeField::kIntegers, each);
    out.add_enum(AttributeField::kType, kIntegers);
  }
}

// Appends the description of an input or output.
void add_value(std::string& encoded, GraphField field, const std::string& name, ElementType type,
               const std::vector<int64_t>& sizes) {
  pbf_builder<GraphField> graph(encoded);
  pbf_builder<ValueField> value(graph, field);
  value.add_string(ValueField::kName, name);
  pbf_builder<TypeField> any(value, ValueField::kType);
  pbf_builder<TensorTypeField> tensor(any, TypeField::kTensor);
  tensor.add_enum(TensorTypeField::kElement, static_cast<int32_t>(type));
  pbf_builder<ShapeField> shape(tensor, TensorTypeField::kShape);
  {
    pbf_builder<SizeField> size(shape, ShapeField::kSize);
    size.add_string(SizeField::kName, kBatch);
  }
  for (const int64_t each : sizes) {
    pbf_builder<SizeField> size(shape, ShapeField::kSize);
    size.add_int64(SizeField::kNumber, each);
  }
}

ElementType element_type(const Tensor& tensor) {
  switch (tensor.scalar_type()) {
    case at::kFloat:
      return ElementType::kFloat;
    case at::kByte:
      return ElementType::kByte;
    case at::kLong:
      return ElementType::kInt64;
    default:
      TORCH_CHECK(false, "no constant of type ", tensor.scalar_type());
  }
}

}  // namespace

std::string Graph::unique(const std::string& name) {
  const int taken = names_[name]++;
  return taken == 0 ? name : unique(name + "_" + std::to_string(taken));
}

Value Graph::input(const std::string& name, ElementType type, const std::vector<int64_t>& sizes) {
  add_value(inputs_, GraphField::kInput, name, type, sizes);
  return unique(name);
}

void Graph::output(const std::string& name, ElementType type, const std::vector<int64_t>& sizes,
                   const Value& value) {
  const Value named = add("Identity", {value}, name);
  TORCH_CHECK(named == name, "two values are called ", name);
  add_value(outputs_, GraphField::kOutput, name, type, sizes);
}

Value Graph::add(const std::string& op, const std::vector<Value>& inputs, const std::string& name,
                 std::vector<Attribute> attributes) {
  const std::string value = unique(name);
  pbf_builder<GraphField> graph(nodes_);
  pbf_builder<NodeField> node(graph, GraphField::kNode);
  for (const auto& input : inputs)
    node.add_string(NodeField::kInput, input);
  node.add_string(NodeField::kOutput, value);
  node.add_string(NodeField::kName, value);
  node.add_string(NodeField::kOp, op);
  for (const auto& attribute : attributes)
    add_attribute(node, attribute);
  return value;
}

Value Graph::constant(const std::string& name, const Tensor& tensor) {
  if (names_.contains(name)) return name;
  const Tensor stored = tensor.detach().cpu().contiguous();
  pbf_builder<GraphField> graph(constants_);
  pbf_builder<TensorField> out(graph, GraphField::kConstant);
  for (const int64_t size : stored.sizes())
    out.add_int64(TensorField::kSizes, size);
  out.add_int32(TensorField::kType, static_cast<int32_t>(element_type(stored)));
  out.add_string(TensorField::kName, unique(name));
  out.add_bytes(TensorField::kRaw, static_cast<const char*>(stored.data_ptr()), stored.nbytes());
  return name;
}

Value Graph::constant(const std::string& name, const std::vector<int64_t>& numbers) {
  return constant(name, at::tensor(numbers, at::kLong));
}

std::string Graph::file(const std::string& name,
                        const std::map<std::string, std::string>& metadata) const {
  std::string encoded;
  pbf_builder<ModelField> model(encoded);
  model.add_int64(ModelField::kFormat, kFormatVersion);
  model.add_string(ModelField::kProducer, "latent");
  model.add_string(ModelField::kProducerVersion, version());
  {
    std::string graph = nodes_;
    pbf_builder<GraphField>(graph).add_string(GraphField::kName, name);
    graph += constants_ + inputs_ + outputs_;
    model.add_message(ModelField::kGraph, graph);
  }
  {
    pbf_builder<OpsetField> opset(model, ModelField::kOpset);
    opset.add_string(OpsetField::kDomain, "");
    opset.add_int64(OpsetField::kVersion, kOpsetVersion);
  }
  for (const auto& [key, value] : metadata) {
    pbf_builder<PairField> pair(model, ModelField::kMetadata);
    pair.add_string(PairField::kKey, key);
    pair.add_string(PairField::kValue, value);
  }
  return encoded;
}

}  // namespace latent::onnx
