#include "export/onnx/layers.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/error.h"
#include "model/layer_kinds.h"

namespace latent::onnx {
namespace {

std::string text_of(const std::filesystem::path& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Whoever adds a kind of layer says how it is exported: here, and in the Python package.
TEST(OnnxLayers, EveryKindIsWritten) {
  EXPECT_THAT(layer_writers().names(), testing::UnorderedElementsAreArray(layer_kinds().names()));
}

TEST(OnnxLayers, ThePythonPackageKnowsEveryKind) {
  const std::string python =
      text_of(std::filesystem::path(LATENT_TESTS_DIR) / "../python/latent/_layers.py");
  ASSERT_FALSE(python.empty());
  for (const auto& name : layer_kinds().names())
    EXPECT_THAT(python, testing::HasSubstr("    \"" + name + "\": ")) << name;
}

TEST(OnnxLayers, AnUnknownKindIsRefusedByItsPath) {
  Graph graph;
  LayerSpec spec;
  spec.kind = "mystery";
  try {
    write_layer(graph, {spec, "encoder.first"}, {"x", {1}});
    ADD_FAILURE() << "threw nothing";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(),
                testing::StartsWith(
                    "encoder.first: cannot be written as ONNX: unknown layer kind \"mystery\""));
  }
}

}  // namespace
}  // namespace latent::onnx
