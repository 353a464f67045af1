#include "command/flags/inputs.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <numeric>
#include <string_view>

#include "core/error.h"
#include "core/log.h"
#include "core/text/suggest.h"
#include "data/selection/example_list.h"

namespace latent {
namespace {

// "64 images in the test split"
std::string size_of(const Examples& examples, Split split, const OpenedRun& run) {
  return counted(examples.count(), run.experiment.data.example_noun()) + " in the " +
         to_string(split) + " split";
}

// Throws UsageError for flags that exclude each other.
void check_inputs(const Arguments& arguments, bool counted) {
  const bool files = arguments.has("files"), indices = arguments.has("indices");
  for (const char* flag : {"split", "indices", "count"}) {
    const bool ours = std::string_view(flag) != "count" || counted;
    if (files && ours && arguments.has(flag)) {
      throw UsageError(fmt::format(
          "--{0}: selects images of the run's data set; expected either --{0} or FILES", flag));
    }
  }
  if (indices && counted && arguments.has("count"))
    throw UsageError("--count: --indices already selects the images; expected one of the two");
}

}  // namespace

void declare_inputs(cxxopts::Options& options, const std::string& default_count) {
  options.positional_help("[FILES]");
  options.show_positional_help();
  options.parse_positional("files");
  options.add_options("input")(
      "files",
      "image files of your own, or folders of them, or NPY, NPZ or CSV files of "
      "images; for a table, CSV files",
      cxxopts::value<std::vector<std::string>>(), "FILES");
  options.add_options("input")(
      "on-error",
      "what to do if one of FILES cannot be read: fail, or skip it, process the "
      "others and exit with 1 (default: the run's data.on_error)",
      cxxopts::value<std::string>(), "NAME");
  options.add_options("input")(
      "split",
      default_count.empty() ? "split that --indices counts in: train, validation or test"
                            : "split to use when no FILES are given: train, validation or test",
      cxxopts::value<std::string>()->default_value("test"), "NAME");
  options.add_options("input")(
      "indices",
      "indices within the split, such as 3,17,40-49, or @FILE, a file of names or indices",
      cxxopts::value<std::string>(), "LIST");
  if (default_count.empty()) return;
  options.add_options("input")("n,count", "use the first N images of the split; 0: all",
                               cxxopts::value<int64_t>()->default_value(default_count), "N");
}

FileReading file_reading(const Arguments& arguments, const OpenedRun& run) {
  if (!arguments.has("on-error")) return {.skips_broken = run.experiment.data.skips_broken};
  const std::string action = arguments.text("on-error");
  if (action != "fail" && action != "skip")
    throw UsageError("--on-error " + action + ": expected fail or skip");
  return {.skips_broken = action == "skip"};
}

ExampleBatch read_split(const std::string& where, Split split, const std::vector<int64_t>& indices,
                        const OpenedRun& run) {
  const Examples examples = run.load(split);
  for (const int64_t index : indices) {
    if (index >= examples.count()) {
      throw Error(fmt::format("{} {}: only {}; expected 0 to {}", where, index,
                              size_of(examples, split, run), examples.count() - 1));
    }
  }
  return select_inputs(examples, indices);
}

ExampleBatch read_list(const std::filesystem::path& file, Split split, const OpenedRun& run) {
  const ExampleList list = read_example_list(file);
  const Examples examples = run.load(split);
  return select_inputs(examples, ExampleFinder(examples).find_all(list, split));
}

ExampleBatch read_inputs(const Arguments& arguments, const OpenedRun& run, bool counted) {
  check_inputs(arguments, counted);
  if (arguments.has("files"))
    return read_files(arguments.texts("files"), run, file_reading(arguments, run));
  const Split split = arguments.parsed("split", parse_split);
  if (arguments.has("indices")) {
    if (const auto file = list_file(arguments.text("indices"))) return read_list(*file, split, run);
    return read_split("--indices", split, arguments.indices("indices"), run);
  }
  const int64_t count = arguments.integer("count", 0, 100'000);
  const Examples examples = run.load(split);
  if (arguments.has("count") && count > examples.count())
    log::warn("--count {}: only {}", count, size_of(examples, split, run));
  std::vector<int64_t> indices(
      static_cast<size_t>(count == 0 ? examples.count() : std::min(count, examples.count())));
  std::iota(indices.begin(), indices.end(), 0);
  return select_inputs(examples, indices);
}

ExampleBatches read_example_batches(const Arguments& arguments, const OpenedRun& run) {
  const bool files = arguments.has("files");
  const bool whole = !files && !arguments.has("indices") && arguments.integer("count", 0) == 0;
  ExampleBatches batches = whole ? all_of(run.load(arguments.parsed("split", parse_split)))
                                 : in_batches(read_inputs(arguments, run));
  const std::string noun = run.experiment.data.example_noun() + (batches.count == 1 ? "" : "s");
  batches.what = files ? noun + " of your own"
                       : fmt::format("{} of the {} split", noun, arguments.text("split"));
  return batches;
}

std::string inputs_stem(const Arguments& arguments) {
  if (arguments.has("files")) return "files";
  const std::string split = arguments.text("split");
  if (!arguments.has("indices")) {
    const int64_t count = arguments.integer("count", 0);
    return count == 0 ? split : fmt::format("{}-first-{}", split, count);
  }
  if (const auto file = list_file(arguments.text("indices")))
    return split + "-" + file->stem().string();
  constexpr size_t kMaxNamed = 6;
  const auto indices = arguments.indices("indices");
  std::string stem = split;
  for (size_t i = 0; i < std::min(indices.size(), kMaxNamed); ++i)
    stem += fmt::format("-{}", indices[i]);
  if (indices.size() > kMaxNamed) stem += fmt::format("-and-{}-more", indices.size() - kMaxNamed);
  return stem;
}

}  // namespace latent
