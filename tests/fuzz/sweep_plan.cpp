// The plan of a sweep: sweep.json of its folder.
#include "fuzz.h"
#include "session/sweep/plan.h"

LATENT_FUZZ_TARGET(input) {
  using namespace latent;
  const SweepPlan plan = SweepPlan::from_text(std::string(input), "sweep.json");
  for (const auto& run : plan.runs()) {
    if (plan.settings(run).size() != plan.over.size() + 1) std::abort();
  }
  const auto again = SweepPlan::from_json(plan.to_json(), "written");
  if (again.to_json() != plan.to_json()) std::abort();
}
