#include "command/flags/waypoints.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "analysis/latent_source.h"
#include "command/flags/condition.h"
#include "command/flags/inputs.h"
#include "core/error.h"
#include "core/log.h"
#include "core/random.h"

namespace latent {

int64_t fewest_random(const Arguments& arguments) {
  return arguments.texts("attribute").size() > 1 ? 1 : 2;
}

namespace {

// Between two equal images nothing moves.
void warn_of_repeated(const ExampleBatch& inputs) {
  for (int64_t i = 0; i + 1 < inputs.images.size(0); ++i) {
    if (!at::equal(inputs.images[i], inputs.images[i + 1])) continue;
    const auto at = static_cast<size_t>(i);
    log::warn("{} and {} are the same image; the morph between them stands still", inputs.names[at],
              inputs.names[at + 1]);
  }
}

Waypoints own_waypoints(const OpenedRun& run, const Arguments& arguments) {
  if (!arguments.has("random")) {
    const ExampleBatch inputs = read_inputs(arguments, run);
    const Latent latent = run.encode(inputs);
    warn_of_repeated(inputs);
    return {latent.code, latent.condition, inputs.names, inputs.images};
  }
  Waypoints waypoints;
  const int64_t count = arguments.integer("random", fewest_random(arguments), kMaxFrames);
  auto noise = generator(arguments.seed(), Stream::kSample);
  waypoints.z = random_latents(run, {.count = count, .quiet = arguments.quiet()}, noise);
  for (int64_t i = 0; i < count; ++i)
    waypoints.names.push_back(fmt::format("random {}", i + 1));
  waypoints.condition = run.condition.rows({}, count);
  return waypoints;
}

}  // namespace

Waypoints read_waypoints(const OpenedRun& run, const Arguments& arguments) {
  Waypoints waypoints = own_waypoints(run, arguments);
  const auto asked = arguments.texts("attribute");
  if (asked.empty()) return waypoints;
  const size_t own = waypoints.names.size();
  if (asked.size() != 1 && own != 1 && asked.size() != own) {
    throw UsageError(
        fmt::format("--attribute: given {} times for {} images; expected it once, once for each "
                    "image, or one image",
                    asked.size(), own));
  }
  Waypoints result;
  std::vector<Tensor> z, conditions;
  for (size_t i = 0; i < std::max(asked.size(), own); ++i) {
    const size_t from = own == 1 ? 0 : i;
    const std::string& words = asked[asked.size() == 1 ? 0 : i];
    const auto row = static_cast<int64_t>(from);
    z.push_back(waypoints.z.narrow(0, row, 1));
    const Tensor before =
        waypoints.condition.defined() ? waypoints.condition.narrow(0, row, 1) : Tensor();
    conditions.push_back(changed_condition(run, before, words));
    result.names.push_back(waypoints.names[from] + " " + words);
  }
  result.z = at::cat(z);
  result.condition = at::cat(conditions);
  return result;
}

}  // namespace latent
