#include "image/tiff_header.h"

#include <algorithm>
#include <set>
#include <utility>

#include "image/byte_view.h"

namespace latent {
namespace {

constexpr int64_t kMostPages = 65535;
constexpr uint64_t kShortType = 3, kLongType = 4, kLong8Type = 16;

// The tags that are read: of the size, the values, the place of pixels.
const std::set<uint64_t> kTiffTags = {256, 257, 258, 262, 273, 274, 277, 279,
                                      284, 322, 323, 324, 325, 338, 339};

/// How a file writes its directories: BigTIFF has 64-bit places and counts.
struct TiffForm {
  explicit TiffForm(std::string_view bytes)
      : view(bytes, bytes.substr(0, 2) == "MM"), large(view.u16(2) == 43) {}

  size_t place(size_t at) const { return view.number(at, large ? 8 : 4); }
  size_t first_place() const { return large ? 8 : 4; }  // where the first directory's place stands
  uint64_t entries(size_t directory) const { return view.number(directory, large ? 8 : 2); }
  size_t entry(size_t directory, uint64_t i) const {
    return directory + (large ? 8 : 2) + (large ? 20 : 12) * i;
  }

  ByteView view;
  bool large;
};

// Returns the numbers of one entry, which are stored in it if they fit; at most as many as the file
// can hold.
std::vector<uint64_t> tiff_values(const TiffForm& form, size_t entry) {
  const ByteView& view = form.view;
  const uint64_t type = view.u16(entry + 2);
  const size_t size = type == kShortType ? 2 : type == kLong8Type ? 8 : 4;
  const uint64_t count = std::min<uint64_t>(form.place(entry + 4), view.size() / size + 1);
  const size_t inside = entry + (form.large ? 12 : 8);
  const size_t first = count * size <= (form.large ? 8U : 4U) ? inside : form.place(inside);
  std::vector<uint64_t> values;
  for (size_t i = 0; i < count && !view.read_beyond_end(); ++i)
    values.push_back(view.number(first + i * size, static_cast<int>(size)));
  return values;
}

std::map<uint64_t, std::vector<uint64_t>> read_tags(const TiffForm& form,
                                                    const std::set<uint64_t>& wanted) {
  std::map<uint64_t, std::vector<uint64_t>> tags;
  const size_t directory = form.place(form.first_place());
  const uint64_t entries = form.entries(directory);
  for (uint64_t i = 0; i < entries && !form.view.read_beyond_end(); ++i) {
    const size_t entry = form.entry(directory, i);
    const uint64_t tag = form.view.u16(entry);
    if (!wanted.contains(tag) || tags.contains(tag)) continue;  // repeated: not read again
    tags[tag] = tiff_values(form, entry);
  }
  return tags;
}

// Returns the place of the directory after this one; 0: there is none.
size_t next_directory(const TiffForm& form, size_t directory) {
  const uint64_t entries = form.entries(directory);
  if (entries > form.view.size()) return 0;
  return form.place(form.entry(directory, entries));
}

// Returns the places of the directories, each once.
std::vector<size_t> tiff_pages(const TiffForm& form, int64_t most) {
  std::vector<size_t> pages;
  std::set<size_t> seen;
  for (size_t at = form.place(form.first_place()); at != 0 && at < form.view.size();
       at = next_directory(form, at)) {
    if (static_cast<int64_t>(pages.size()) == most || !seen.insert(at).second) break;
    pages.push_back(at);
  }
  return pages;
}

std::string written(uint64_t value, int bytes, bool big_endian) {
  std::string text;
  for (int i = 0; i < bytes; ++i)
    text += static_cast<char>(value >> (8 * (big_endian ? bytes - 1 - i : i)));
  return text;
}

}  // namespace

TiffDirectory read_tiff_directory(std::string_view bytes) {
  const TiffForm form(bytes);
  auto tags = read_tags(form, kTiffTags);
  // Clamped, so that the product of two numbers of BigTIFF fits in 64 bits.
  const auto first = [&](uint64_t tag, uint64_t otherwise) {
    const uint64_t value = tags[tag].empty() ? otherwise : tags[tag].front();
    return static_cast<int64_t>(std::min<uint64_t>(value, 0xffffffff));
  };
  TiffDirectory found;
  found.width = first(256, 0);
  found.height = first(257, 0);
  found.bits = first(258, 1);
  found.photometric = first(262, 0);
  found.samples = first(277, 1);
  found.planes = first(284, 1) == 2;
  found.sample_format = first(339, 1);
  if (!tags[338].empty()) found.extra = first(338, 0);
  if (first(274, 1) >= 1 && first(274, 1) <= 8) found.orientation = static_cast<int>(first(274, 1));
  found.tile_pixels = static_cast<uint64_t>(first(322, 1)) * static_cast<uint64_t>(first(323, 1));
  found.tiled = !tags[324].empty();
  found.large = form.large;
  found.complete = !form.view.read_beyond_end();
  for (const auto& [offsets, counts] :
       {std::pair<uint64_t, uint64_t>(273, 279), {324, 325}}) {  // strips, tiles
    const auto &at = tags[offsets], &size = tags[counts];
    for (size_t i = 0; i < std::min(at.size(), size.size()); ++i) {
      if (at[i] > bytes.size() || size[i] > bytes.size() - at[i]) found.complete = false;
    }
  }
  return found;
}

int64_t count_tiff_pages(std::string_view bytes) {
  return static_cast<int64_t>(tiff_pages(TiffForm(bytes), kMostPages).size());
}

bool select_tiff_page(std::string& bytes, int64_t page) {
  const TiffForm form(bytes);
  const auto pages = tiff_pages(form, page);
  if (page < 1 || static_cast<int64_t>(pages.size()) < page) return false;
  const std::string place = written(pages.back(), form.large ? 8 : 4, bytes[0] == 'M');
  bytes.replace(form.first_place(), place.size(), place);
  return true;
}

std::string with_tiff_changes(std::string_view bytes, const TiffChanges& changes) {
  const TiffForm form(bytes);
  const bool big_endian = bytes[0] == 'M';
  const auto number = [&](uint64_t value, int size) { return written(value, size, big_endian); };
  const size_t directory = form.place(form.first_place());
  std::string file(bytes);
  std::map<uint64_t, std::string> entries;  // in ascending order, as the format wants them
  for (uint64_t i = 0; i < form.entries(directory) && !form.view.read_beyond_end(); ++i) {
    const size_t at = form.entry(directory, i);
    entries.emplace(form.view.u16(at), form.view.part(at, 12));
  }
  for (const auto& [tag, values] : changes) {
    entries.erase(tag);
    if (values.empty()) continue;
    std::string list;
    for (const uint32_t value : values)
      list += number(value, 4);
    const std::string inside = values.size() == 1 ? list : number(file.size(), 4);
    if (values.size() > 1) file += list;
    entries[tag] = number(tag, 2) + number(kLongType, 2) + number(values.size(), 4) + inside;
  }
  file.append(file.size() % 2, '\0');  // directories begin at even places
  file.replace(4, 4, number(file.size(), 4));
  file += number(entries.size(), 2);
  for (const auto& [tag, entry] : entries)
    file += entry;
  return file + number(0, 4);
}

bool is_raw_photo(std::string_view bytes) {
  constexpr uint64_t kSubfileType = 254, kPhotometric = 262, kSubDirectories = 330;
  constexpr uint64_t kDngVersion = 50706;
  constexpr uint64_t kFilterArray = 32803, kLinearRaw = 34892;  // photometric, of DNG and TIFF/EP
  const TiffForm form(bytes);
  if (!form.large && bytes.size() >= 10 && bytes.substr(8, 2) == "CR") return true;  // Canon's CR2
  const size_t directory = form.place(form.first_place());
  const uint64_t entries = form.entries(directory);
  bool reduced = false, more = false;
  for (uint64_t i = 0; i < entries && !form.view.read_beyond_end(); ++i) {
    const size_t entry = form.entry(directory, i);
    const uint64_t tag = form.view.u16(entry);
    if (form.view.read_beyond_end()) return false;
    if (tag == kDngVersion) return true;
    more = more || tag == kSubDirectories;
    if (tag != kSubfileType && tag != kPhotometric) continue;
    const auto values = tiff_values(form, entry);
    if (values.empty()) continue;
    const uint64_t value = values.front();
    if (tag == kSubfileType) reduced = (value & 1) != 0;
    if (tag == kPhotometric && (value == kFilterArray || value == kLinearRaw)) return true;
  }
  return reduced && more;
}

std::vector<uint64_t> tiff_numbers(std::string_view bytes, uint64_t tag) {
  return read_tags(TiffForm(bytes), {tag})[tag];
}

}  // namespace latent
