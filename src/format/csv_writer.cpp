#include <spdlog/fmt/fmt.h>

#include <iterator>

#include "core/system/file.h"
#include "format/table.h"

namespace latent {
namespace {

constexpr size_t kPiece = 1 << 20;  // bytes written at once

std::string quoted(const std::string& word) {
  if (word.find_first_of(",\"\r\n") == std::string::npos) return word;
  std::string text = "\"";
  for (const char letter : word)
    text += letter == '"' ? "\"\"" : std::string(1, letter);
  return text + "\"";
}

std::string header(const std::vector<Column>& columns) {
  std::string text;
  for (const auto& column : columns) {
    const bool many = column.words.empty() && column.numbers.dim() == 2;
    for (int64_t k = 0; k < (many ? column.numbers.size(1) : 1); ++k) {
      text += text.empty() ? "" : ",";
      text += quoted(many ? fmt::format("{}_{}", column.name, k) : column.name);
    }
  }
  return text + "\r\n";
}

// Writes NaN, an unknown value, as an empty field.
template <class Number>
void append_numbers(std::string& text, const Column& column, int64_t row) {
  const int64_t count = column.numbers.dim() == 2 ? column.numbers.size(1) : 1;
  const Number* first = column.numbers.const_data_ptr<Number>() + row * count;
  for (int64_t k = 0; k < count; ++k) {
    if (k > 0) text += ',';
    if (first[k] == first[k]) fmt::format_to(std::back_inserter(text), "{}", first[k]);
  }
}

void append_field(std::string& text, const Column& column, int64_t row) {
  if (!column.words.empty()) {
    text += quoted(column.words[static_cast<size_t>(row)]);
  } else if (column.numbers.scalar_type() == at::kDouble) {
    append_numbers<double>(text, column, row);
  } else {
    append_numbers<float>(text, column, row);
  }
}

}  // namespace

void write_csv(const std::filesystem::path& path, const std::vector<Column>& columns) {
  TORCH_CHECK(!columns.empty(), "write_csv: no columns");
  std::vector<Column> whole = columns;
  for (auto& column : whole) {
    if (column.words.empty()) column.numbers = column.numbers.contiguous();
  }
  const auto& first = whole.front();
  const int64_t rows =
      first.words.empty() ? first.numbers.size(0) : static_cast<int64_t>(first.words.size());
  AtomicFile file(path);
  std::string text = header(whole);
  for (int64_t row = 0; row < rows; ++row) {
    for (size_t i = 0; i < whole.size(); ++i) {
      if (i > 0) text += ',';
      append_field(text, whole[i], row);
    }
    text += "\r\n";
    if (text.size() < kPiece) continue;
    file.write(text);
    text.clear();
  }
  file.write(text);
  file.commit();
}

}  // namespace latent
