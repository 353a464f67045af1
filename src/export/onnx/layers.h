// How each kind of layer is written as ONNX operators.
#pragma once

#include <string>
#include <vector>

#include "core/registry.h"
#include "export/onnx/graph.h"
#include "model/layer_spec.h"

namespace latent::onnx {

/// A value and the sizes of one example in it.
struct Sized {
  Value value;
  std::vector<int64_t> sizes;
};

/// A layer to write.
struct LayerToWrite {
  const LayerSpec& spec;
  std::string path;  // of its constants and nodes: "decoder.conv1"
};

/// How a kind of layer is written: a row for each row of `layer_kinds()`.
struct LayerWriter {
  std::string name;  // of the kind
  std::string summary;
  Value (*write)(Graph&, const LayerToWrite&, const Sized& input);
};

const Registry<LayerWriter>& layer_writers();

/// Writes a layer, in evaluation mode, and returns its output. Throws Error naming the layer if its
/// kind has no row.
Sized write_layer(Graph& graph, const LayerToWrite& layer, const Sized& input);

/// Writes layers one after another.
Sized write_layers(Graph& graph, const std::vector<NamedSpec>& layers, const std::string& path,
                   const Sized& input);

}  // namespace latent::onnx
