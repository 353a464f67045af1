// A run's metrics.csv.
#include "run/metrics.h"

#include "fuzz.h"

LATENT_FUZZ_TARGET(input) {
  using namespace latent;
  const MetricsTable table = read_metrics(fuzz::file_of(input).path());
  for (const auto& column : table.columns)
    table.column(column);
}
