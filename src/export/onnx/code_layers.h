// How bottlenecks of codes are written as ONNX operators.
#pragma once

#include "export/onnx/layers.h"

namespace latent::onnx {

/// Writes a layer of kind "vq_code": each place's vector is replaced by the nearest code.
Value write_vq_code(Graph& graph, const LayerToWrite& layer, const Sized& x);

/// Writes a layer of kind "fsq_code": each latent is rounded to one of its levels.
Value write_fsq_code(Graph& graph, const LayerToWrite& layer, const Sized& x);

}  // namespace latent::onnx
