#include "format/npy_header.h"

#include <spdlog/fmt/fmt.h>

#include <array>
#include <limits>
#include <set>

#include "core/error.h"

namespace latent {
namespace {

constexpr std::string_view kNpyMagic{"\x93NUMPY", 6};
constexpr int64_t kLongestHeader = 1 << 16;
constexpr size_t kMaxDimensions = 32;  // NumPy's own limit
constexpr size_t kMaxWidthDigits = 6;  // of the letters of a word

// Parses the dictionary {'descr': '<f4', 'fortran_order': False, 'shape': (60000, 28, 28), }.
class Parser {
 public:
  Parser(std::string text, std::string name) : text_(std::move(text)), name_(std::move(name)) {}

  std::string descr;
  bool fortran_order = false;
  std::vector<int64_t> shape;

  void parse() {
    expect('{');
    std::set<std::string> seen;
    while (!accept('}')) {
      const std::string key = quoted();
      expect(':');
      if (!seen.insert(key).second) fail("the key " + key + " twice");
      if (key == "descr") {
        read_descr();
      } else if (key == "fortran_order") {
        fortran_order = read_boolean();
      } else if (key == "shape") {
        read_shape();
      } else {
        fail("an unknown key " + key);
      }
      if (!accept(',') && peek() != '}') fail("no comma between two entries");
    }
    if (seen.size() != 3) fail("not all of descr, fortran_order and shape");
    if (peek() != '\0') fail("more text after the dictionary");
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(name_ + ": damaged NPY header: it has " + what);
  }

  // Returns the next character that is not a space; 0 at the end.
  char peek() {
    at_ = std::min(text_.find_first_not_of(" \t\n", at_), text_.size());
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool accept(char wanted) {
    if (peek() != wanted || wanted == '\0') return false;
    ++at_;
    return true;
  }
  void expect(char wanted) {
    if (!accept(wanted)) fail(fmt::format("no '{}' where one belongs", wanted));
  }

  std::string quoted() {
    const char mark = peek();
    if (mark != '\'' && mark != '"') fail("no quoted word where one belongs");
    const size_t end = text_.find(mark, at_ + 1);
    if (end == std::string::npos) fail("a quote that is not closed");
    const std::string word = text_.substr(at_ + 1, end - at_ - 1);
    if (word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"
                               "<>=|[]") != std::string::npos)
      fail("a word with odd characters");
    at_ = end + 1;
    return word;
  }

  void read_descr() {
    if (peek() == '[') {
      throw Error(name_ +
                  ": holds records of several fields; expected plain numbers: save one "
                  "field of the array");
    }
    descr = quoted();
  }

  bool read_boolean() {
    for (const auto& [word, value] : {std::pair{"True", true}, {"False", false}}) {
      peek();
      if (text_.compare(at_, std::string_view(word).size(), word) != 0) continue;
      at_ += std::string_view(word).size();
      return value;
    }
    fail("neither True nor False as fortran_order");
  }

  void read_shape() {
    expect('(');
    while (!accept(')')) {
      if (shape.size() == kMaxDimensions) fail("more than 32 dimensions");
      shape.push_back(read_size());
      if (!accept(',') && peek() != ')') fail("no comma between two sizes");
    }
  }

  int64_t read_size() {
    peek();
    const size_t end = std::min(text_.find_first_not_of("0123456789", at_), text_.size());
    if (end == at_ || end - at_ > 18) fail("a size that is not a valid number");
    const int64_t size = std::stoll(text_.substr(at_, end - at_));
    at_ = end;
    return size;
  }

  std::string text_;
  std::string name_;
  size_t at_ = 0;
};

std::string read_text(ByteStream& stream, int64_t bytes) {
  std::string text(static_cast<size_t>(bytes), '\0');
  text.resize(static_cast<size_t>(stream.read(text.data(), bytes)));
  return text;
}

// Reads what precedes the dictionary: magic, version, and the length of the dictionary.
int64_t read_length(ByteStream& stream, int64_t& preamble) {
  const std::string start = read_text(stream, 8);
  if (!start.starts_with(kNpyMagic)) {
    throw Error(fmt::format("{}: not an NPY file: it does not begin with \\x93NUMPY{}",
                            stream.name(),
                            start.starts_with("PK") ? "; data.name npz reads archives" : ""));
  }
  const int version = start.size() < 8 ? 0 : start[6];
  if (version < 1 || version > 3)
    throw Error(fmt::format("{}: NPY version {}; expected 1 to 3", stream.name(), version));
  const int64_t bytes = version == 1 ? 2 : 4;
  preamble = 8 + bytes;
  int64_t length = 0;
  const std::string word = read_text(stream, bytes);
  for (size_t i = 0; i < word.size(); ++i)
    length |= int64_t{static_cast<unsigned char>(word[i])} << (8 * i);
  if (length > kLongestHeader || static_cast<int64_t>(word.size()) < bytes) {
    throw Error(fmt::format("{}: damaged NPY header: {} bytes long; expected at most {}",
                            stream.name(), length, kLongestHeader));
  }
  return length;
}

// The bytes of a value: "4" of "<f4"; "12" of "<U12", letters of four bytes. 0 if it is none.
int64_t width_of(const std::string& descr) {
  const std::string digits = descr.size() > 2 ? descr.substr(2) : "";
  const bool sane = !digits.empty() && digits.size() <= kMaxWidthDigits &&
                    digits.find_first_not_of("0123456789") == std::string::npos;
  return !sane ? 0 : std::stoll(digits) * (descr[1] == 'U' ? 4 : 1);
}

// "<f4": order, kind, bytes.
void read_type(const std::string& descr, NpyHeader& header, const std::string& name) {
  if (descr.find('O') != std::string::npos) {
    throw Error(name +
                ": holds Python objects, which are never loaded; expected numbers or words: save "
                "numpy.stack(list(array)) if they are arrays, array.astype(str) if they are words");
  }
  const bool sane = descr.size() > 2 && std::string("<>=|").find(descr[0]) != std::string::npos;
  header.kind = sane ? descr[1] : '?';
  header.width = sane ? width_of(descr) : 0;
  header.swapped = sane && descr[0] == '>' && header.width > 1;
  if (header.is_text() && header.width > 0) return;
  const std::string name_of = fmt::format("{}{}", header.kind, header.width);
  static const std::set<std::string> known{"b1", "i1", "i2", "i4", "i8", "u1",
                                           "u2", "u4", "u8", "f2", "f4", "f8"};
  if (!known.contains(name_of)) {
    throw Error(
        fmt::format("{}: values of type {}; expected bool, int, uint, float16, float32, float64 or "
                    "words",
                    name, descr));
  }
}

}  // namespace

int64_t NpyHeader::values() const {
  int64_t total = 1;
  for (const int64_t size : shape)
    total *= size;
  return total;
}

std::string NpyHeader::shape_text() const { return fmt::format("{}", fmt::join(shape, "x")); }

NpyHeader read_npy_header(ByteStream& stream) {
  int64_t preamble = 0;
  const int64_t length = read_length(stream, preamble);
  Parser parser(read_text(stream, length), stream.name());
  parser.parse();
  NpyHeader header;
  read_type(parser.descr, header, stream.name());
  header.shape = parser.shape;
  header.fortran_order = parser.fortran_order && header.shape.size() > 1;
  const int64_t held = stream.size() - preamble - length;
  int64_t most = std::max<int64_t>(held, 0) / header.width;
  for (const int64_t size : header.shape) {
    if (size == 0)
      throw Error(stream.name() + ": holds nothing: its shape is " + header.shape_text());
    most /= size;
  }
  if (most == 0 || header.values() * header.width != held) {
    throw Error(
        fmt::format("{}: its header says {} values of {} bytes, it holds {} bytes; cut "
                    "short or damaged: save or fetch it again",
                    stream.name(), header.shape_text(), header.width, held));
  }
  return header;
}

}  // namespace latent
