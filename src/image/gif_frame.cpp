#include "image/gif_frame.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/error.h"
#include "image/byte_view.h"

namespace latent {
namespace {

constexpr size_t kMaxCodes = 4096;

// Returns the place after a chain of sub-blocks, or npos if its end is missing.
size_t after_sub_blocks(const ByteView& view, size_t at) {
  while (at < view.size()) {
    const size_t length = view.u8(at);
    at += 1 + length;
    if (length == 0) return at;
  }
  return std::string_view::npos;
}

std::string_view colour_table(const ByteView& view, size_t at, uint64_t flags) {
  if ((flags & 0x80) == 0) return {};
  return view.part(at, 3 * (size_t{2} << (flags & 7)));
}

// Reads the descriptor of the first frame, which begins at `at`.
void read_descriptor(const ByteView& view, size_t at, GifLayout& layout) {
  layout.left = static_cast<int64_t>(view.u16(at + 1));
  layout.top = static_cast<int64_t>(view.u16(at + 3));
  layout.columns = static_cast<int64_t>(view.u16(at + 5));
  layout.rows = static_cast<int64_t>(view.u16(at + 7));
  layout.width = std::max(layout.width, layout.left + layout.columns);
  layout.height = std::max(layout.height, layout.top + layout.rows);
  const uint64_t flags = view.u8(at + 9);
  layout.interlaced = (flags & 0x40) != 0;
  const auto own = colour_table(view, at + 10, flags);
  if (!own.empty()) layout.colours = own;
}

/// The bits of a chain of sub-blocks, the lowest first.
class GifBits {
 public:
  GifBits(const ByteView& view, size_t at) : view_(view), at_(at) {}

  /// Returns the next number of so many bits, or -1 at the end.
  int next(int bits) {
    for (; held_ < bits; held_ += 8) {
      if (left_ == 0) {
        left_ = view_.u8(at_++);
        if (left_ == 0) return -1;
      }
      bits_ |= static_cast<unsigned>(view_.u8(at_++)) << held_;
      --left_;
    }
    const int value = static_cast<int>(bits_ & ((1U << bits) - 1));
    bits_ >>= bits;
    held_ -= bits;
    return value;
  }

 private:
  const ByteView& view_;
  size_t at_;
  uint64_t left_ = 0;  // bytes of the sub-block
  unsigned bits_ = 0;
  int held_ = 0;
};

/// The words of LZW, each a shorter word and a last letter.
class GifWords {
 public:
  explicit GifWords(int letters) : letters_(letters) {
    for (int i = 0; i < letters; ++i)
      last_[static_cast<size_t>(i)] = first_[static_cast<size_t>(i)] = static_cast<uint8_t>(i);
    clear();
  }
  void clear() { count_ = static_cast<size_t>(letters_) + 2; }
  size_t count() const { return count_; }
  uint8_t first(int word) const { return first_[static_cast<size_t>(word)]; }

  void add(int shorter, uint8_t letter) {
    if (count_ == kMaxCodes) return;
    shorter_[count_] = shorter;
    first_[count_] = first(shorter);
    last_[count_++] = letter;
  }
  /// Appends the letters of a word, until there are `most`.
  void write(int word, std::vector<uint8_t>& indices, size_t most) const {
    std::array<uint8_t, kMaxCodes> letters;
    size_t length = 0;
    for (; word >= letters_; word = shorter_[static_cast<size_t>(word)])
      letters[length++] = last_[static_cast<size_t>(word)];
    letters[length++] = static_cast<uint8_t>(word);
    while (length > 0 && indices.size() < most)
      indices.push_back(letters[--length]);
  }

 private:
  int letters_;
  size_t count_ = 0;
  std::array<int, kMaxCodes> shorter_{};
  std::array<uint8_t, kMaxCodes> first_{}, last_{};
};

// Returns the indices of the first frame's colours, row by row as they are stored; fewer if the
// data are damaged.
std::vector<uint8_t> unpacked(const ByteView& view, const GifLayout& layout) {
  std::vector<uint8_t> indices;
  const auto most = static_cast<size_t>(layout.columns * layout.rows);
  indices.reserve(most);
  const int size = static_cast<int>(view.u8(layout.codes));
  if (size < 1 || size > 8) return indices;
  GifBits bits(view, layout.codes + 1);
  GifWords words(1 << size);
  const int clear = 1 << size, end = clear + 1;
  for (int width = size + 1, before = -1; indices.size() < most;) {
    const int code = bits.next(width);
    if (code < 0 || code == end) break;
    if (code == clear) {
      words.clear();
      width = size + 1;
      before = -1;
      continue;
    }
    const auto known = static_cast<int>(words.count());
    if (code > known || (before < 0 ? code >= clear : code == known && known == kMaxCodes)) break;
    if (before >= 0) words.add(before, words.first(code < known ? code : before));
    words.write(code, indices, most);
    if (words.count() == size_t{1} << width && width < 12) ++width;
    before = code;
  }
  return indices;
}

// Returns the row of the frame that the i-th stored row is.
int64_t row_of(const GifLayout& layout, int64_t i) {
  if (!layout.interlaced) return i;
  for (const auto& [first, step] : {std::pair<int64_t, int64_t>(0, 8), {4, 8}, {2, 4}, {1, 2}}) {
    const int64_t rows = (layout.rows - first + step - 1) / step;
    if (i < rows) return first + i * step;
    i -= std::max<int64_t>(0, rows);
  }
  return layout.rows - 1;
}

}  // namespace

GifLayout read_gif_layout(std::string_view bytes) {
  const ByteView view(bytes, false);
  GifLayout layout;
  layout.width = static_cast<int64_t>(view.u16(6));
  layout.height = static_cast<int64_t>(view.u16(8));
  const uint64_t flags = view.u8(10);
  layout.colours = colour_table(view, 13, flags);
  size_t at = 13 + layout.colours.size();
  while (at < view.size()) {
    const uint64_t kind = view.u8(at);
    if (kind == 0x2c) {
      if (layout.frames == 0) read_descriptor(view, at, layout);
      at += 10 + colour_table(view, at + 10, view.u8(at + 9)).size();
      if (layout.frames == 0) layout.codes = at;
      at = after_sub_blocks(view, at + 1);
      if (at == std::string_view::npos && layout.frames > 0) break;  // the first one counts
      layout.complete = at != std::string_view::npos;
      ++layout.frames;
    } else if (kind == 0x21) {
      if (view.u8(at + 1) == 0xf9 && layout.frames == 0)
        layout.transparent = (view.u8(at + 3) & 1) != 0 ? static_cast<int>(view.u8(at + 6)) : -1;
      at = after_sub_blocks(view, at + 2);
    } else if (kind == 0) {
      ++at;  // stray ends of blocks, which decoders skip
    } else {
      break;  // the trailer, or damage after the first frame
    }
  }
  return layout;
}

RawImage read_gif_frame(std::string_view bytes, const std::string& file) {
  const ByteView view(bytes, false);
  const GifLayout layout = read_gif_layout(bytes);
  if (!layout.complete) throw Error(file + ": cut short: the end of the image is missing");
  const std::vector<uint8_t> indices = unpacked(view, layout);
  if (indices.size() < static_cast<size_t>(layout.columns * layout.rows))
    throw Error(file + ": damaged: its first frame has too few pixels");
  RawImage image{.width = layout.width, .height = layout.height, .channels = 4, .values = {}};
  image.values.resize(static_cast<size_t>(image.width * image.height * 4));
  for (int64_t i = 0; i < layout.rows; ++i) {
    const int64_t y = layout.top + row_of(layout, i);
    for (int64_t x = 0; x < layout.columns; ++x) {
      const size_t index = indices[static_cast<size_t>(i * layout.columns + x)];
      uint16_t* to = image.values.data() + (y * image.width + layout.left + x) * 4;
      for (size_t c = 0; c < 3; ++c) {  // without colours the index is a grey
        const size_t place = 3 * index + c;
        to[c] = layout.colours.empty()          ? static_cast<uint16_t>(index)
                : place < layout.colours.size() ? static_cast<uint8_t>(layout.colours[place])
                                                : 0;
      }
      to[3] = static_cast<int>(index) == layout.transparent ? 0 : 255;
    }
  }
  return image;
}

}  // namespace latent
