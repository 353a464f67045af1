#include <algorithm>
#include <nlohmann/json.hpp>

#include "command/flags/look.h"
#include "command/plot/plots.h"
#include "command/plot/sweep_chart.h"
#include "core/error.h"
#include "core/text/split.h"
#include "session/sweep/folder.h"

namespace latent {
namespace {

// The value of a flag, which must be one of the names; without it, `otherwise`.
std::string one_of(const Arguments& arguments, const std::string& flag,
                   const std::vector<std::string>& names, const std::string& otherwise) {
  const std::string name = arguments.has(flag) ? arguments.text(flag) : otherwise;
  if (std::find(names.begin(), names.end(), name) != names.end()) return name;
  throw UsageError("--" + flag + " " + name + ": the sweep has no such " + flag + "; " +
                   did_you_mean(name, names));
}

}  // namespace

nlohmann::ordered_json plot_sweep(const Arguments& arguments) {
  if (!arguments.has("sweep"))
    throw UsageError("--sweep is missing; expected the folder of a sweep");
  arguments.refuse({"run"}, "a sweep is named by --sweep; expected no --run");
  const SweepFolder folder = SweepFolder::open(arguments.text("sweep"));
  const SweepTable table = sweep_table(folder.plan(), folder.results());
  if (table.figures.empty())
    throw Error(folder.path().string() + ": no training is finished; expected at least one");
  if (table.keys.empty())
    throw Error(folder.path().string() + ": varies no key; expected a sweep with --over");
  const std::string figure = one_of(arguments, "figure", table.figures, table.figures.front());
  const std::string key = one_of(arguments, "key", table.keys, table.keys.front());
  const SweepChart chart = sweep_chart(table, figure, key);
  const auto path = arguments.picture(
      folder.path() / "plots" / (in_file_name(figure + "-by-" + key) + ".png"), true);
  visual::write_line_charts(path, figure + " by " + key,
                            {{.title = "",
                              .x_label = key,
                              .y_label = figure + ", mean over seeds",
                              .series = chart.series,
                              .axis = chart.axis}},
                            read_look(arguments, Draws::kPlots));
  return {{"sweep", folder.path().string()},
          {"figure", figure},
          {"key", key},
          {"written", {path.string()}}};
}

}  // namespace latent
