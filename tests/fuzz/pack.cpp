// Packs of prepared images.
#include <zlib.h>

#include "fuzz.h"
#include "pack/pack_file.h"

namespace {

constexpr size_t kEnd = 60, kSum = 4, kTailSize = 16;

// With the checksum that the last bytes should be: else no input gets past it.
std::string mended(std::string pack) {
  if (pack.size() < kEnd) return pack;
  uint64_t tail = 0;
  for (int i = 7; i >= 0; --i)
    tail = tail << 8 |
           static_cast<uint8_t>(pack[pack.size() - kEnd + kTailSize + static_cast<size_t>(i)]);
  const size_t summed = std::min<uint64_t>(tail, pack.size() - kEnd) + kEnd - kSum;
  const char* first = pack.data() + pack.size() - kSum - summed;
  uint64_t sum = crc32_z(0, reinterpret_cast<const Bytef*>(first), summed);
  for (size_t i = pack.size() - kSum; i < pack.size(); ++i, sum >>= 8)
    pack[i] = static_cast<char>(sum);
  return pack;
}

}  // namespace

LATENT_FUZZ_TARGET(input) {
  using namespace latent;
  fuzz::read_or_refuse([&] { map_pack(fuzz::file_of(input).path(), "key"); });
  map_pack(fuzz::file_of(mended(std::string(input))).path(), "key");
}
