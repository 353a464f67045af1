#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>

#include "core/system/file.h"
#include "core/text/suggest.h"
#include "report/page_parts.h"
#include "report/run_report.h"
#include "session/sweep/folder.h"
#include "session/sweep/table.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr size_t kReportedFigures = 6, kMostCharts = 12;

void add_sweep_table(HtmlPage& page, const SweepTable& table) {
  const auto figures = main_figures(table, kReportedFigures);
  std::vector<std::string> header = table.keys;
  header.push_back("seeds");
  header.insert(header.end(), figures.begin(), figures.end());
  std::vector<std::vector<std::string>> rows;
  for (const auto& row : table.rows) {
    rows.push_back(row.values);
    rows.back().push_back(std::to_string(row.seeds));
    for (const auto& figure : figures) {
      const auto found = row.figures.find(figure);
      rows.back().push_back(found == row.figures.end() ? "" : summary_text(found->second));
    }
  }
  page.table(header, rows);
}

// The trainings with what they set, or why they failed.
void add_trainings(HtmlPage& page, const SweepFolder& folder) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& run : folder.plan().runs()) {
    const std::string why = folder.failure(run);
    const std::string state = folder.is_finished(run) ? "finished"
                              : why.empty()           ? "not finished"
                                                      : "failed: " + why;
    rows.push_back({run.name, join(folder.plan().settings(run)), state});
  }
  page.section("Trainings");
  page.table({"folder", "settings", "state"}, rows);
}

}  // namespace

void write_sweep_report(const ReportRequest& request) {
  const SweepFolder folder = SweepFolder::open(request.run);
  const SweepTable table = sweep_table(folder.plan(), folder.results());
  const fs::path whole = fs::absolute(request.run).lexically_normal();
  HtmlPage page("Sweep " +
                (whole.has_filename() ? whole : whole.parent_path()).filename().string());
  page.paragraph(fmt::format(
      "{} of values, {} each: {} of {} finished. Figures are means over the seeds with 95% "
      "intervals of the mean; figures of one seed have none.",
      counted(static_cast<int64_t>(folder.plan().combinations()), "combination"),
      counted(static_cast<int64_t>(folder.plan().seeds.size()), "seed"), folder.results().size(),
      counted(static_cast<int64_t>(folder.plan().runs().size()), "training")));
  add_sweep_table(page, table);
  page.command({"latent", "sweep", "--out", request.run.string()});
  const PartMaker maker{folder.path() / "plots",
                        {"--device", request.device, "--threads", request.threads, "--quiet"}};
  size_t charts = 0;
  for (const auto& figure : main_figures(table, kReportedFigures)) {
    for (const auto& key : table.keys) {
      if (++charts > kMostCharts) continue;
      add_picture(
          page, maker,
          {figure + " by " + key,
           "The bars are 95% intervals of the mean over the seeds.",
           {"plot", "sweep", "--sweep", request.run.string(), "--figure", figure, "--key", key},
           fmt::format("report-{}.png", charts)});
    }
  }
  add_trainings(page, folder);
  page.section("Config");
  page.folded_text("the config that all trainings start from",
                   read_file(folder.base(), size_t{1} << 20));
  write_file(request.out, page.text());
}

}  // namespace latent
