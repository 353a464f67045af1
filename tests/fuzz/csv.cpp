// Text tables, record by record.
#include "format/csv.h"

#include "fuzz.h"

LATENT_FUZZ_TARGET(input) {
  using namespace latent;
  CsvReader reader(fuzz::file_of(input).path());
  reader.read_header();
  for (std::vector<std::string> fields; reader.next(fields);) {
    for (const auto& field : fields)
      parse_number(field);
  }
}
