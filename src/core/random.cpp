#include "core/random.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

namespace latent {
namespace {

uint64_t mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

}  // namespace

uint64_t stream_seed(uint64_t seed, Stream stream, uint64_t index) {
  return mix(mix(mix(seed) ^ static_cast<uint64_t>(stream)) ^ index);
}

at::Generator generator(uint64_t seed, Stream stream, uint64_t index, const c10::Device& device) {
  const uint64_t key = stream_seed(seed, stream, index);
  if (device.is_cpu()) return at::detail::createCPUGenerator(key);
  at::Generator made = at::globalContext().defaultGenerator(device).clone();
  made.set_current_seed(key);
  return made;
}

}  // namespace latent
