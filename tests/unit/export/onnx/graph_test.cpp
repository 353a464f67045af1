#include "export/onnx/graph.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <protozero/pbf_message.hpp>

#include "core/version.h"

namespace latent::onnx {
namespace {

using protozero::pbf_reader;

// The fields of a message with this number, as bytes.
std::vector<std::string> fields(const std::string& message, uint32_t number) {
  std::vector<std::string> found;
  pbf_reader reader(message);
  while (reader.next()) {
    if (reader.tag() == number)
      found.push_back(reader.get_string());
    else
      reader.skip();
  }
  return found;
}

int64_t integer_field(const std::string& message, uint32_t number) {
  pbf_reader reader(message);
  return reader.next(number) ? reader.get_int64() : -1;
}

TEST(OnnxGraph, IsAModelOfOpset17) {
  Graph graph;
  const Value x = graph.input("x", ElementType::kFloat, {3});
  const Value two = graph.constant("two", at::scalar_tensor(2, at::kFloat));
  graph.output("y", ElementType::kFloat, {3}, graph.add("Mul", {x, two}, "product"));
  const std::string file = graph.file("doubled", {{"b", "2"}, {"a", "1"}});
  EXPECT_EQ(integer_field(file, 1), 8);                           // ir_version
  EXPECT_THAT(fields(file, 2), testing::ElementsAre("latent"));   // producer_name
  EXPECT_THAT(fields(file, 3), testing::ElementsAre(version()));  // producer_version
  EXPECT_EQ(integer_field(fields(file, 8).at(0), 2), 17);         // opset
  EXPECT_THAT(fields(file, 14), testing::ElementsAre("\n\1a\x12\1"
                                                     "1",
                                                     "\n\1b\x12\1"
                                                     "2"));
  const std::string whole = fields(file, 7).at(0);
  EXPECT_THAT(fields(whole, 2), testing::ElementsAre("doubled"));
  const auto nodes = fields(whole, 1);
  ASSERT_EQ(nodes.size(), 2);
  EXPECT_THAT(fields(nodes[0], 1), testing::ElementsAre("x", "two"));
  EXPECT_THAT(fields(nodes[0], 2), testing::ElementsAre("product"));
  EXPECT_THAT(fields(nodes[0], 4), testing::ElementsAre("Mul"));
  EXPECT_THAT(fields(nodes[1], 2), testing::ElementsAre("y"));
  const auto constants = fields(whole, 5);
  ASSERT_EQ(constants.size(), 1);
  EXPECT_THAT(fields(constants[0], 9), testing::ElementsAre(std::string("\0\0\0\x40", 4)));
}

TEST(OnnxGraph, NamesAreUniqueAndConstantsAreStoredOnce) {
  Graph graph;
  const Value x = graph.input("x", ElementType::kByte, {});
  EXPECT_EQ(graph.add("Relu", {x}, "same"), "same");
  EXPECT_EQ(graph.add("Relu", {x}, "same"), "same_1");
  EXPECT_EQ(graph.add("Relu", {x}, "same_1"), "same_1_1");
  EXPECT_EQ(graph.constant("c", std::vector<int64_t>{1, 2}), "c");
  EXPECT_EQ(graph.constant("c", std::vector<int64_t>{1, 2}), "c");
  EXPECT_EQ(fields(fields(graph.file("g", {}), 7).at(0), 5).size(), 1);
}

TEST(OnnxGraph, AttributesCarryTheirTypes) {
  Graph graph;
  graph.add("Op", {}, "node",
            {{"i", int64_t{-1}},
             {"f", 0.5F},
             {"s", std::string("word")},
             {"l", std::vector<int64_t>{3, 4}}});
  const auto attributes = fields(fields(fields(graph.file("g", {}), 7).at(0), 1).at(0), 5);
  ASSERT_EQ(attributes.size(), 4);
  const std::vector<int64_t> types{2, 1, 3, 7};
  for (size_t i = 0; i < types.size(); ++i)
    EXPECT_EQ(integer_field(attributes[i], 20), types[i]) << i;
  EXPECT_EQ(integer_field(attributes[0], 3), -1);
  EXPECT_THAT(fields(attributes[2], 4), testing::ElementsAre("word"));
}

}  // namespace
}  // namespace latent::onnx
