#include "report/columns.h"

#include <torch/types.h>

namespace latent {

std::vector<std::string> words_of(const Attribute& attribute) {
  std::vector<std::string> words;
  const Tensor values = attribute.values.contiguous();
  const auto* value = values.const_data_ptr<double>();
  for (int64_t i = 0; i < values.numel(); ++i) {
    const bool known = value[i] >= 0 && value[i] < static_cast<double>(attribute.classes.size());
    words.push_back(known ? attribute.classes[static_cast<size_t>(value[i])] : "");
  }
  return words;
}

std::vector<Column> known_columns(const std::vector<std::string>& names,
                                  const std::vector<Attribute>& attributes) {
  std::vector<Column> columns{{.name = "name", .words = names, .numbers = {}}};
  for (const auto& attribute : attributes) {
    Column column{.name = attribute.name, .words = {}, .numbers = attribute.values};
    if (!attribute.classes.empty()) column.words = words_of(attribute);
    columns.push_back(std::move(column));
  }
  return columns;
}

}  // namespace latent
