// CSV files of numbers.
#include "sets/table.h"

#include "fuzz.h"
#include "sets/table_guess.h"

// The name of the column of labels, or nothing; a zero byte; the file.
LATENT_FUZZ_TARGET(input) {
  using namespace latent;
  const auto [label, text] = fuzz::halves(input);
  const auto path = fuzz::file_of(text).path();
  fuzz::read_or_refuse([&] { guess_table(read_head(path, 200), "table.tsv"); });
  for (const char* header : {"auto", "yes", "no"}) {
    fuzz::read_or_refuse([&, &label = label] {
      TableFormat format;
      format.header = header;
      format.label = label;
      const Table table = read_table(path, format);
      if (table.values.size(0) < 1 || table.values.size(1) < 1) std::abort();
      if (table.first_missing.empty() && table.incomplete().any().item<bool>()) std::abort();
    });
  }
}
