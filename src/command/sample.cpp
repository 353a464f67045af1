#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "analysis/latent_source.h"
#include "command/flags/arguments.h"
#include "command/flags/latent_tensors.h"
#include "command/flags/look.h"
#include "command/flags/open_run.h"
#include "core/error.h"
#include "core/random.h"
#include "core/text/split.h"
#include "session/opened_run.h"

namespace latent {
namespace {

LatentRequest read_request(const Arguments& arguments, bool manifold) {
  for (const char* flag : {"count", "columns"}) {
    if (manifold && arguments.has(flag))
      throw UsageError(fmt::format("--{}: a manifold is a square; use --side instead", flag));
  }
  if (!manifold && arguments.has("side"))
    throw UsageError("--side: for --sampler manifold only; use --count and --columns instead");
  LatentRequest request{.count = arguments.integer("count", 1, 100'000),
                        .side = arguments.integer("side", 1, 200),
                        .temperature = arguments.number("temperature"),
                        .quiet = arguments.quiet()};
  if (!(request.temperature >= 0 && request.temperature <= 100)) {
    throw UsageError(
        fmt::format("--temperature {}: expected a number >= 0 and <= 100", request.temperature));
  }
  if (arguments.has("components")) request.components = arguments.integer("components", 1, 1000);
  return request;
}

// Throws UsageError for --components with a sampler that fits no mixture.
void check_components(const Arguments& arguments, const SamplerRow& sampler) {
  if (arguments.has("components") && sampler.name != "gmm")
    throw UsageError("--components: for --sampler gmm only; the sampler is " + sampler.name);
}

// Latents to decode, and the condition that the model gets beside them.
struct DrawnSamples {
  Tensor z, condition;
  std::string sampler, attribute;            // "" without --attribute
  std::optional<int64_t> training_images{};  // that --attribute chose
};

constexpr const char* kAttributeFlag = "--attribute";

const SamplerRow& named_sampler(const Arguments& arguments) {
  return samplers().find<UsageError>(arguments.text("sampler"), "--sampler");
}

// The sampler of --sampler. Without the flag, images of one kind come from a mixture of their own,
// unless the model gets the kind as its condition.
const SamplerRow& chosen_sampler(const Arguments& arguments, const OpenedRun& run) {
  const bool own = run.condition.empty() && !arguments.has("sampler");
  if (!arguments.has("attribute") || !own) return named_sampler(arguments);
  const bool codes = run.model->bottleneck().codebook() != nullptr;
  return samplers().find(codes ? "autoregressive" : "gmm", "--sampler");
}

DrawnSamples draw_samples(const Arguments& arguments, const OpenedRun& run,
                          const LatentRequest& request) {
  const SamplerRow& sampler = chosen_sampler(arguments, run);
  check_components(arguments, sampler);
  auto noise = generator(arguments.seed(), Stream::kSample);
  DrawnSamples drawn{.z = {}, .condition = {}, .sampler = sampler.name, .attribute = {}};
  if (arguments.has("attribute")) drawn.attribute = arguments.text("attribute");
  if (drawn.attribute.empty()) {
    drawn.z = draw_latents(run, sampler, request, noise);
  } else if (run.condition.empty()) {
    const TrainingRule rule{drawn.attribute, kAttributeFlag};
    auto [z, images] = draw_latents_where(run, sampler, rule, request, noise);
    drawn.z = std::move(z);
    if (images > 0) drawn.training_images = images;
  } else {
    drawn.condition = run.condition.row(drawn.attribute, kAttributeFlag);
    LatentRequest asked = request;
    asked.attribute = drawn.attribute;
    drawn.z = draw_latents(run, sampler, asked, noise);
  }
  return drawn;
}

// "sample-gmm-label=owl-seed0": the picture's name without its ending.
std::string stem_of(const std::string& sampler, const std::string& attribute,
                    const Arguments& arguments) {
  if (sampler == "manifold" && attribute.empty()) return "manifold";
  std::string stem = sampler == "manifold" ? "manifold" : "sample";
  if (sampler != "prior" && sampler != "manifold") stem += "-" + sampler;
  if (arguments.given("components")) stem += "-" + in_file_name(arguments.words("components"));
  if (!attribute.empty()) stem += "-" + in_file_name(attribute);
  if (sampler == "manifold") return stem;
  if (arguments.given("temperature"))
    stem += "-temperature-" + in_file_name(arguments.words("temperature"));
  return fmt::format("{}-seed{}", stem, arguments.seed());
}

nlohmann::ordered_json sample_report(const DrawnSamples& drawn,
                                     const std::vector<std::string>& written) {
  nlohmann::ordered_json report{{"images", drawn.z.size(0)}, {"sampler", drawn.sampler}};
  if (!drawn.attribute.empty()) report["attribute"] = drawn.attribute;
  if (drawn.training_images) report["training_images"] = *drawn.training_images;
  report["written"] = written;
  return report;
}

// "1", "2", ...
std::vector<std::string> numbers_to(int64_t count) {
  std::vector<std::string> words;
  for (int64_t i = 1; i <= count; ++i)
    words.push_back(std::to_string(i));
  return words;
}

// Writes each picture to a file in the folder.
void write_singles(const visual::Gallery& gallery, const Tensor& images,
                   const std::filesystem::path& folder) {
  for (int64_t i = 0; i < images.size(0); ++i)
    gallery.write_single(folder / fmt::format("{:05}.png", i), images[i]);
}

}  // namespace

void declare_sample(cxxopts::Options& options) {
  declare_run(options);
  declare_out(
      options,
      "picture to write, or with --singles the folder (default: images/sample/ of the run)");
  options.add_options()("sampler", "draw the latents from:" + samplers().summaries(),
                        cxxopts::value<std::string>()->default_value("prior"), "NAME");
  options.add_options()(
      "attribute,label",
      "draw only images of this kind, such as label=owl, Smiling, '!Smiling' or "
      "age=20..30: from a mixture (or with --sampler posterior the posteriors) of "
      "such training images; for a model with a condition, that condition, such as "
      "label=owl or Smiling=1,Male=0, and latents as --sampler says",
      cxxopts::value<std::string>(), "RULE");
  options.add_options()("n,count", "number of images",
                        cxxopts::value<int64_t>()->default_value("64"), "N");
  options.add_options()("side", "manifold: images per side",
                        cxxopts::value<int64_t>()->default_value("15"), "N");
  options.add_options()("components",
                        "gmm: number of Gaussians (default: the number that makes held-out latents "
                        "most likely, up to 64)",
                        cxxopts::value<int64_t>(), "N");
  options.add_options()("temperature",
                        "scale of the latents (posterior, gmm: of their spread around the mean; "
                        "autoregressive: divides the logits); below 1: more typical images, above "
                        "1: more varied ones",
                        cxxopts::value<double>()->default_value("1"), "T");
  declare_look(options, Draws::kBoth);
  options.add_options()("singles", "write one PNG per image instead of a grid");
  declare_latent_tensors(options, "z [N, Z] and images [N, C, H, W]");
}

void run_sample(const Arguments& arguments) {
  const bool manifold = named_sampler(arguments).name == "manifold";
  const LatentRequest request = read_request(arguments, manifold);
  if (manifold)
    arguments.refuse({"seed"}, "a manifold draws no random latents; expected no --seed");
  const bool singles = arguments.flag("singles");
  if (singles) {
    arguments.refuse({"columns", "title", "width", "height", "scale", "smooth", "captions"},
                     "for a grid, but --singles writes one file per image");
  }
  if (arguments.has("attribute") && trimmed(arguments.text("attribute")).empty())
    throw UsageError("--attribute: nothing is named; expected, such as, --attribute label=owl");
  check_latent_tensors(arguments);
  const OpenedRun run = open_run(arguments);
  const DrawnSamples drawn = draw_samples(arguments, run, request);
  const std::string stem = stem_of(drawn.sampler, drawn.attribute, arguments);
  const auto otherwise = run.directory.image("sample", singles ? stem : stem + ".png");
  const std::filesystem::path path =
      singles ? arguments.folder(otherwise, "--singles writes one file per image")
              : arguments.picture(otherwise, run.experiment.data.is_table());
  const Tensor images = run.pictures(drawn.z, drawn.condition);
  visual::Look look = read_look_for(arguments, run.experiment.data.is_table());
  if (manifold) look.columns = request.side;
  if (arguments.flag("captions") && !manifold) look.captions = numbers_to(images.size(0));
  std::vector<std::string> written{path.string()};
  const visual::Gallery& gallery = *run.experiment.gallery;
  if (singles) {
    write_singles(gallery, images, path);
  } else if (manifold) {
    gallery.write_manifold(path, images, look);
  } else {
    gallery.write_samples(path, images, look);
  }
  write_latent_tensors(arguments, {{"z", drawn.z}, {"images", images}}, written);
  print_result(arguments, sample_report(drawn, written), join(written, "\n") + "\n");
}

}  // namespace latent
