#include "analysis/attribute_direction.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <cctype>
#include <limits>
#include <optional>

#include "core/error.h"
#include "core/log.h"
#include "core/text/suggest.h"
#include "format/safetensors.h"
#include "session/run_cache.h"

namespace latent {
namespace {

constexpr size_t kLongestName = 80;

std::string key_of(const AttributeQuery& query) {
  return query.attribute + " by " + query.method + " without " + join(query.orthogonal_to, ";");
}

// Names may hold anything, and two may look alike in a file's name: the file itself says whose it
// is.
std::filesystem::path cache_file(const OpenedRun& run, const AttributeQuery& query) {
  std::string name = key_of(query).substr(0, kLongestName);
  for (char& letter : name) {
    if (std::isalnum(static_cast<unsigned char>(letter)) == 0) letter = '-';
  }
  return run.directory.cache("direction-" + name + "-" + run.checkpoint + ".safetensors");
}

// mark: of the training examples.
std::optional<AttributeDirection> read_direction(const std::filesystem::path& path,
                                                 const OpenedRun& run, const AttributeQuery& query,
                                                 const std::optional<std::string>& mark) {
  auto file = read_kept(path, run, mark);
  if (!file || file->metadata["key"] != key_of(query)) return std::nullopt;
  const Tensor rows = file->tensors["rows"], numbers = file->tensors["numbers"];
  if (rows.defined() && rows.sizes() == c10::IntArrayRef{3, run.model->latent_dim()} &&
      numbers.defined() && numbers.sizes() == c10::IntArrayRef{5}) {
    const auto number = [&](int64_t i) { return numbers[i].item<double>(); };
    return AttributeDirection{
        .direction = {rows[0].clone(), rows[1].clone(), rows[2].clone(), number(0)},
        .auroc = number(1),
        .distance = number(2),
        .positives = static_cast<int64_t>(number(3)),
        .negatives = static_cast<int64_t>(number(4))};
  }
  log::warn("{}: not a direction of this run; made again", path.string());
  return std::nullopt;
}

void keep(const std::filesystem::path& path, const OpenedRun& run, const AttributeQuery& query,
          const std::string& mark, const AttributeDirection& found) {
  const auto& direction = found.direction;
  TensorFile file;
  file.tensors["rows"] = at::stack({direction.center, direction.scale, direction.unit});
  file.tensors["numbers"] =
      at::tensor({direction.spread, found.auroc, found.distance,
                  static_cast<double>(found.positives), static_cast<double>(found.negatives)},
                 at::kDouble);
  file.metadata = {{"step", std::to_string(run.step)}, {"key", key_of(query)}, {"data", mark}};
  keep_in_cache(path, file);
}

// On images that the direction was not found on.
double separability(const OpenedRun& run, const AttributeQuery& query,
                    const space::Direction& direction, bool quiet) {
  const Examples examples = run.load(Split::kValidation);
  const Tensor means = run.split_latents(Split::kValidation, examples, quiet).mean;
  space::Sides sides;
  try {
    sides = space::divide(examples, query.attribute, "validation split");
  } catch (const Error& empty_side) {
    log::warn("{}: its separability is not known", empty_side.what());
    return std::numeric_limits<double>::quiet_NaN();
  }
  const Tensor counted = sides.weight.gt(0);
  return space::auroc(direction.scores(means).index({counted}), sides.positive.index({counted}));
}

AttributeDirection compute_direction(const OpenedRun& run, const AttributeQuery& query,
                                     space::Method method, const Examples& examples, bool quiet) {
  const std::string where = "train split";
  const space::Sides sides = space::divide(examples, query.attribute, where);
  std::vector<space::Sides> others;
  for (const auto& other : query.orthogonal_to)
    others.push_back(space::divide(examples, other, where));

  const Tensor means = run.split_latents(Split::kTrain, examples, quiet).mean;
  AttributeDirection found;
  found.direction = space::find_direction(means, sides, method, others);
  found.positives = sides.positives();
  found.negatives = sides.negatives();
  const Tensor sign = at::where(sides.positive, 1.0, -1.0).to(at::kDouble);
  found.distance = (sign * sides.weight).dot(found.direction.scores(means)).item<double>();
  found.auroc = separability(run, query, found.direction, quiet);
  return found;
}

}  // namespace

AttributeDirection attribute_direction(const OpenedRun& run, const AttributeQuery& query,
                                       bool quiet) {
  const space::Method method = space::parse_method(query.method);
  const auto path = cache_file(run, query);
  return kept_or_made(
      run, Split::kTrain, "direction",
      [&](const std::optional<std::string>& mark) {
        return read_direction(path, run, query, mark);
      },
      [&](const Examples& examples, const std::string& mark) {
        AttributeDirection found = compute_direction(run, query, method, examples, quiet);
        keep(path, run, query, mark, found);
        return found;
      });
}

}  // namespace latent
