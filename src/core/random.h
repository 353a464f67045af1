// Random streams keyed by seed, purpose and index: a draw for one purpose cannot shift another's.
#pragma once

#include <ATen/core/Generator.h>
#include <c10/core/Device.h>

#include <cstdint>

namespace latent {

/// The purpose of a stream of random numbers. Runs are reproducible by these values: never renumber
/// them.
enum class Stream : uint64_t {
  kWeights = 1,
  kShuffle = 2,     // index: epoch
  kLatents = 3,     // index: training step
  kCorruption = 4,  // index: training step
  kPictures = 5,    // index: picture kind
  kValidation = 6,  // index: batch
  kSplit = 7,
  kSample = 8,
  kFactors = 9,        // index: image of a procedural set
  kDropout = 10,       // index: training step
  kAugmentation = 11,  // index: training step
  kMixture = 12,
  kPenalty = 13,       // index: training step, or batch
  kAdversary = 14,     // index: training step
  kCondition = 15,     // index: training step
  kBinarization = 16,  // index: split and images
  kImportance = 17,    // index: batch
  kInformation = 18
};

/// Returns a seed that depends on all three keys and on nothing else (SplitMix64 finaliser, Steele
/// et al. 2014).
uint64_t stream_seed(uint64_t seed, Stream stream, uint64_t index = 0);

/// Returns a fresh generator on `device` for one stream.
at::Generator generator(uint64_t seed, Stream stream, uint64_t index = 0,
                        const c10::Device& device = c10::kCPU);

}  // namespace latent
