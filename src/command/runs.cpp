#include <nlohmann/json.hpp>

#include "command/flags/arguments.h"
#include "core/error.h"
#include "report/run_card.h"
#include "report/run_facts.h"
#include "run/run_path.h"

namespace latent {
namespace {

constexpr size_t kMostListed = 10'000;

}  // namespace

void declare_runs(cxxopts::Options& options) {
  options.positional_help("[DIR]");
  options.parse_positional("folder");
  options.add_options("input")("folder", "folder whose runs are listed, and those of its folders",
                               cxxopts::value<std::string>()->default_value("runs"), "DIR");
}

void run_runs(const Arguments& arguments) {
  const std::filesystem::path folder = arguments.text("folder");
  std::error_code code;
  if (!std::filesystem::is_directory(folder, code)) {
    throw Error(folder.string() +
                ": no such folder; expected latent runs DIR, with a folder that holds runs");
  }
  std::vector<RunFacts> runs;
  if (is_run(folder)) runs.push_back(run_facts(folder));
  for (const auto& run : runs_below(folder, kMostListed))
    runs.push_back(run_facts(run));
  print_result(arguments, {{"folder", folder.string()}, {"runs", runs_json(runs)}},
               runs.empty() ? folder.string() + ": no runs\n" : runs_text(runs));
}

void declare_show(cxxopts::Options& options) {
  options.add_options("input")("run", "folder of the run",
                               cxxopts::value<std::vector<std::string>>(), "DIR");
}

void run_show(const Arguments& arguments) {
  const RunCard card = run_card(arguments.run());
  print_result(arguments, card.json, card.text);
}

}  // namespace latent
