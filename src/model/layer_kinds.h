// The kinds of layers: one table that says what each computes, how the summary describes it, and
// what follows from its spec without running it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/registry.h"
#include "model/layer_spec.h"

namespace latent {

/// A kind of layer: a function of one image's values, or of a batch of them.
struct LayerKind {
  std::string name;
  /// What it computes, and from which fields of its spec.
  std::string summary;
  std::string (*description)(const LayerSpec& spec);
  /// The rules for one image: `input` and the result are sizes without the batch's.
  std::vector<int64_t> (*output_shape)(const LayerSpec& spec, const std::vector<int64_t>& input);
  int64_t (*multiply_adds)(const LayerSpec& spec, const std::vector<int64_t>& input);
};

const Registry<LayerKind>& layer_kinds();

// The functions below throw c10::Error for a spec whose kind is not in the table.

/// Returns a description such as "conv 3x3, stride 2".
std::string description(const LayerSpec& spec);
/// Returns the sizes of the output for one image, from those of the input: [C, H, W] or [F].
/// Throws c10::Error if the layer does not take such an input.
std::vector<int64_t> output_shape(const LayerSpec& spec, const std::vector<int64_t>& input);
/// Returns the number of multiply-adds of the products, forward, for one image whose sizes are
/// `input`.
int64_t multiply_adds(const LayerSpec& spec, const std::vector<int64_t>& input);
/// Returns the number of trainable parameters, those of the parts included.
int64_t parameter_count(const LayerSpec& spec);
/// Returns the number of values of running statistics, those of the parts included.
int64_t statistics_count(const LayerSpec& spec);

}  // namespace latent
