#include "image/tiff_header.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "image/byte_view.h"

namespace latent {
namespace {

// Width, height, orientation, strip offsets and byte counts, tile width and height, tile offsets
// and byte counts.
const std::set<uint64_t> kTiffTags = {256, 257, 274, 273, 279, 322, 323, 324, 325};

// Returns the numbers of one TIFF entry, which are stored in the entry if they fit into four bytes;
// at most as many as the file can hold.
std::vector<uint64_t> tiff_values(const ByteView& view, size_t entry) {
  const uint64_t type = view.u16(entry + 2);
  const size_t size = type == 3 ? 2 : 4;
  const uint64_t count = std::min<uint64_t>(view.u32(entry + 4), view.size() / size + 1);
  const size_t first = count * size <= 4 ? entry + 8 : view.u32(entry + 8);
  std::vector<uint64_t> values;
  for (size_t i = 0; i < count && !view.read_beyond_end(); ++i) {
    values.push_back(view.number(first + i * size, static_cast<int>(size)));
  }
  return values;
}

}  // namespace

TiffDirectory read_tiff_directory(std::string_view bytes) {
  const ByteView view(bytes, bytes.substr(0, 2) == "MM");
  TiffDirectory found;
  const size_t directory = view.u32(4);
  const uint64_t entries = view.u16(directory);
  std::map<uint64_t, std::vector<uint64_t>> tags;
  for (uint64_t i = 0; i < entries && !view.read_beyond_end(); ++i) {
    const size_t entry = directory + 2 + 12 * i;
    const uint64_t tag = view.u16(entry);
    if (!kTiffTags.contains(tag) || tags.contains(tag)) continue;  // repeated: not read again
    tags[tag] = tiff_values(view, entry);
  }
  const auto first = [&](uint64_t tag, uint64_t otherwise) {
    return tags[tag].empty() ? otherwise : tags[tag].front();
  };
  found.width = static_cast<int64_t>(first(256, 0));
  found.height = static_cast<int64_t>(first(257, 0));
  if (first(274, 1) >= 1 && first(274, 1) <= 8) found.orientation = static_cast<int>(first(274, 1));
  found.tile_pixels = first(322, 1) * first(323, 1);
  found.complete = !view.read_beyond_end();
  for (const auto& [offsets, counts] :
       {std::pair<uint64_t, uint64_t>(273, 279), {324, 325}}) {  // strips, tiles
    const auto &at = tags[offsets], &size = tags[counts];
    for (size_t i = 0; i < std::min(at.size(), size.size()); ++i) {
      if (at[i] + size[i] > view.size()) found.complete = false;
    }
  }
  return found;
}

}  // namespace latent
