// Text tables in all their dialects, record by record.
#include "format/csv.h"

#include "fuzz.h"

LATENT_FUZZ_TARGET(input) {
  using namespace latent;
  const auto path = fuzz::file_of(input).path();
  const CsvDialect same = CsvReader(path).dialect();
  CsvReader reader(path);
  if (reader.dialect().separator != same.separator) std::abort();
  for (const auto& notice : reader.notices()) {
    if (notice.empty()) std::abort();
  }
  const size_t width = reader.read_header().size();
  std::set<std::string> words;
  for (std::vector<std::string> fields; reader.next(fields);) {
    if (fields.size() != width) std::abort();
    for (const auto& field : fields) {
      if (has_decimal_comma(field) && reader.dialect().decimal_comma) std::abort();
      is_unknown(field, unknown_words());
      words.insert(field);
    }
  }
  are_yes_or_no(words);
  class_names(words);
}
