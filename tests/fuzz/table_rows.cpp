// The columns and the scale of a table, as checkpoints keep them.
#include "sets/table_rows.h"

#include "fuzz.h"

LATENT_FUZZ_TARGET(input) {
  using namespace latent;
  const TableRows rows = TableRows::parse(std::string(input));
  if (TableRows::parse(rows.text()).text() != rows.text()) std::abort();
}
