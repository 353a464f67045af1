#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cstring>

#include "core/system/file.h"
#include "core/text/utf8.h"
#include "format/table.h"

namespace latent {
namespace {

constexpr size_t kAlignment = 64;
constexpr size_t kPieceBytes = 1 << 20;

/// A column as it is stored in the records of the array.
struct Field {
  std::string type;   // '<f4', (2,)
  std::string bytes;  // of all rows
  size_t width = 0;   // bytes of one row
};

// NumPy's text is UTF-32, and all words are as wide as the longest.
Field words_field(const std::vector<std::string>& words) {
  std::vector<std::u32string> decoded;
  size_t longest = 1;
  for (const auto& word : words) {
    std::u32string& letters = decoded.emplace_back();
    for (size_t at = 0; at < word.size();)
      letters.push_back(next_code_point(word, at));
    longest = std::max(longest, letters.size());
  }
  Field field{.type = fmt::format("'<U{}'", longest), .bytes = {}, .width = 4 * longest};
  for (auto& letters : decoded) {
    letters.resize(longest, U'\0');
    field.bytes.append(reinterpret_cast<const char*>(letters.data()), field.width);
  }
  return field;
}

Field numbers_field(const Tensor& numbers) {
  const Tensor host = numbers.contiguous();
  const auto size = static_cast<size_t>(host.element_size());
  const int64_t count = host.dim() == 2 ? host.size(1) : 1;
  Field field{
      .type = fmt::format("'<f{}'", size), .bytes = {}, .width = size * static_cast<size_t>(count)};
  if (host.dim() == 2) field.type += fmt::format(", ({},)", count);
  field.bytes.assign(static_cast<const char*>(host.const_data_ptr()), host.nbytes());
  return field;
}

// Returns a Python string literal.
std::string literal(const std::string& name) {
  std::string text = "'";
  for (const char letter : name) {
    if (letter == '\'' || letter == '\\') text += '\\';
    text += static_cast<unsigned char>(letter) < 0x20 ? ' ' : letter;
  }
  return text + "'";
}

// text: a Python dictionary.
std::string padded_header(std::string text) {
  // Version 3.0: the header is UTF-8, its length has four bytes.
  const size_t before = 12;
  text.append(kAlignment - (before + text.size() + 1) % kAlignment, ' ');
  text += '\n';
  std::string magic("\x93NUMPY\x03\x00", 8);
  const auto length = static_cast<uint32_t>(text.size());
  magic.append(reinterpret_cast<const char*>(&length), sizeof length);
  return magic + text;
}

std::string header(const std::vector<Column>& columns, const std::vector<Field>& fields,
                   size_t rows) {
  std::string types;
  for (size_t i = 0; i < fields.size(); ++i)
    types += fmt::format("({}, {}), ", literal(columns[i].name), fields[i].type);
  return padded_header(
      fmt::format("{{'descr': [{}], 'fortran_order': False, 'shape': ({},), }}", types, rows));
}

}  // namespace

void write_npy(const std::filesystem::path& path, const std::vector<Column>& columns) {
  TORCH_CHECK(!columns.empty(), "write_npy: no columns");
  std::vector<Field> fields;
  for (const auto& column : columns)
    fields.push_back(column.words.empty() ? numbers_field(column.numbers)
                                          : words_field(column.words));
  const size_t rows = fields.front().bytes.size() / fields.front().width;
  AtomicFile file(path);
  std::string piece = header(columns, fields, rows);
  for (size_t row = 0; row < rows; ++row) {
    for (const auto& field : fields)
      piece.append(field.bytes, row * field.width, field.width);
    if (piece.size() < kPieceBytes) continue;
    file.write(piece);
    piece.clear();
  }
  file.write(piece);
  file.commit();
}

void write_npy_integers(const std::filesystem::path& path, const Tensor& numbers) {
  const Tensor host = numbers.to(at::kCPU, at::kInt).contiguous();
  std::string sizes;
  for (const int64_t size : host.sizes())
    sizes += fmt::format("{}, ", size);
  AtomicFile file(path);
  file.write(padded_header(
      fmt::format("{{'descr': '<i4', 'fortran_order': False, 'shape': ({}), }}", sizes)));
  file.write(host.const_data_ptr(), host.nbytes());
  file.commit();
}

}  // namespace latent
