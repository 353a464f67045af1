#include "report/run_facts.h"

#include <spdlog/fmt/fmt.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/system/file.h"
#include "core/text/suggest.h"
#include "core/text/utf8.h"
#include "run/metrics.h"
#include "run/run_lock.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr size_t kLargestFile = size_t{4} << 20;  // of a config

// "conv" of "conv" and of {"name": "conv", ...}; "" of others.
std::string name_in(const Json& section, const char* key) {
  if (!section.is_object() || !section.contains(key)) return "";
  const Json& part = section[key];
  if (part.is_string()) return part.get<std::string>();
  return part.is_object() && part.contains("name") && part["name"].is_string()
             ? part["name"].get<std::string>()
             : "";
}

int64_t integer_in(const Json& section, const char* key) {
  const bool there =
      section.is_object() && section.contains(key) && section[key].is_number_integer();
  return there ? section[key].get<int64_t>() : 0;
}

Json part_of_config(const Json& config, const char* key) {
  return config.is_object() && config.contains(key) ? config[key] : Json();
}

std::string date_of(const fs::path& file) {
  struct stat status {};
  std::tm parts{};
  if (::stat(file.c_str(), &status) != 0 || ::localtime_r(&status.st_mtime, &parts) == nullptr)
    return "";
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M", &parts)};
}

void read_losses(RunFacts& facts, const fs::path& metrics) {
  try {
    const MetricsTable table = read_metrics(metrics);
    const auto losses = table.column("val_loss");
    facts.epochs = static_cast<int64_t>(losses.size());
    const auto best = std::min_element(losses.begin(), losses.end());
    if (best == losses.end()) return;
    facts.best_loss = *best;
    facts.best_epoch = best - losses.begin() + 1;
  } catch (const Error&) {
    // No epoch yet, or a damaged file: `latent doctor` says more.
  }
}

std::string state_of(const RunFacts& facts, const Json& config, const fs::path& run) {
  if (!config.is_object()) return "damaged";
  if (!RunLock::holder(run).empty()) return "training";
  if (facts.epochs == 0) return "not begun";
  if (facts.epochs >= facts.planned) return "done";
  const int64_t patience =
      integer_in(part_of_config(part_of_config(config, "train"), "early_stopping"), "patience");
  const bool waited = patience > 0 && facts.epochs - facts.best_epoch >= patience;
  return waited ? "stopped early" : "unfinished";
}

void sort_latest_first(std::vector<RunFacts>& runs) {
  std::stable_sort(runs.begin(), runs.end(),
                   [](const RunFacts& a, const RunFacts& b) { return a.date > b.date; });
}

std::string loss_text(const RunFacts& facts) {
  return facts.best_loss ? fmt::format("{:.2f}", *facts.best_loss) : "-";
}

}  // namespace

RunFacts run_facts(const fs::path& run) {
  RunFacts facts{.path = run};
  Json config;
  try {
    config = Json::parse(read_file(run / "config.json", kLargestFile), nullptr, false, true);
  } catch (const Error&) {
    config = Json::value_t::discarded;
  }
  const Json model = part_of_config(config, "model");
  std::vector<std::string> parts;
  for (const char* key : {"encoder", "bottleneck"}) {
    if (const std::string name = name_in(model, key); !name.empty()) parts.push_back(name);
  }
  if (const int64_t latents = integer_in(model, "latent_dim"); latents > 0)
    parts.push_back(counted(latents, "latent"));
  facts.model = join(parts);
  facts.data = name_in(config, "data");
  facts.planned = integer_in(part_of_config(config, "train"), "epochs");
  read_losses(facts, run / "metrics.csv");
  facts.date = date_of(run / (facts.epochs > 0 ? "metrics.csv" : "build.json"));
  facts.state = state_of(facts, config, run);
  return facts;
}

std::string runs_text(std::vector<RunFacts> runs) {
  sort_latest_first(runs);
  std::vector<std::vector<std::string>> rows{
      {"run", "data", "model", "epochs", "best val_loss", "date", "state"}};
  for (const auto& run : runs) {
    rows.push_back({run.path.string(), run.data, run.model,
                    fmt::format("{}/{}", run.epochs, run.planned), loss_text(run), run.date,
                    run.state});
  }
  std::vector<size_t> widths(rows.front().size(), 0);
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], display_width(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string room(widths[i] - display_width(row[i]), ' ');
      const bool number = i == 3 || i == 4;
      line += number ? room + row[i] : row[i] + room;
      if (i + 1 < row.size()) line += "  ";
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

Json runs_json(std::vector<RunFacts> runs) {
  sort_latest_first(runs);
  Json all = Json::array();
  for (const auto& run : runs) {
    all.push_back({{"run", run.path.string()},
                   {"data", run.data},
                   {"model", run.model},
                   {"epochs", run.epochs},
                   {"planned_epochs", run.planned},
                   {"best_val_loss", run.best_loss ? Json(*run.best_loss) : Json()},
                   {"best_epoch", run.best_epoch},
                   {"date", run.date},
                   {"state", run.state}});
  }
  return all;
}

}  // namespace latent
