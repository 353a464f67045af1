#include "session/sweep/folder.h"

#include "core/error.h"
#include "core/log.h"
#include "core/system/file.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr size_t kLargestPlan = size_t{1} << 24, kLargestResult = size_t{1} << 24;  // bytes

fs::path plan_in(const fs::path& folder) { return folder / "sweep.json"; }

SweepPlan read_plan_file(const fs::path& folder) {
  const fs::path file = plan_in(folder);
  return SweepPlan::from_text(read_file(file, kLargestPlan), file.string());
}

void expect_free(const fs::path& folder) {
  std::error_code code;
  if (!fs::exists(folder, code)) return;
  if (!fs::is_directory(folder, code))
    throw Error(folder.string() + ": is a file; expected a new folder for the sweep");
  const bool run = fs::exists(folder / "build.json", code);
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (is_temporary(entry.path())) continue;
    throw Error(folder.string() + (run ? ": is the folder of a run" : ": holds other files") +
                "; expected a new or empty folder for the sweep");
  }
}

}  // namespace

bool SweepFolder::is_there(const fs::path& path) {
  std::error_code code;
  return fs::exists(plan_in(path), code);
}

SweepFolder SweepFolder::open(const fs::path& path) {
  std::error_code code;
  if (!fs::exists(path, code))
    throw Error(path.string() + ": no such sweep; expected a folder made by latent sweep");
  if (!is_there(path))
    throw Error(path.string() +
                ": not a sweep: sweep.json is missing; expected a folder made by "
                "latent sweep");
  SweepFolder folder(path, read_plan_file(path));
  for (const char* name : {"claims", "results", "failed", "logs"})
    make_directories(path / name);
  // A process that was killed may have written the plan only.
  if (!fs::exists(folder.base(), code))
    write_file(folder.base(), folder.plan_.config.dump(2) + "\n");
  return folder;
}

SweepFolder SweepFolder::claim(const fs::path& path, const SweepPlan& plan) {
  if (is_there(path)) {
    expect_same_plan(read_plan_file(path), plan, path.string());
  } else {
    expect_free(path);
    make_directories(path);
    write_file(plan_in(path), plan.to_json().dump(2) + "\n");
  }
  return open(path);
}

fs::path SweepFolder::log(const SweepRun& run, const std::string& what) const {
  return path_ / "logs" / (run.name + "-" + what);
}

fs::path SweepFolder::result_file(const SweepRun& run) const {
  return path_ / "results" / (run.name + ".json");
}

fs::path SweepFolder::failure_file(const SweepRun& run) const {
  return path_ / "failed" / (run.name + ".txt");
}

bool SweepFolder::is_finished(const SweepRun& run) const {
  std::error_code code;
  return fs::exists(result_file(run), code);
}

std::optional<Json> SweepFolder::result(const SweepRun& run) const {
  if (!is_finished(run)) return std::nullopt;
  Json json = Json::parse(read_file(result_file(run), kLargestResult), nullptr, false);
  if (json.is_object()) return json;
  log::warn("{}: damaged; remove it to evaluate the run again", result_file(run).string());
  return std::nullopt;
}

void SweepFolder::write_result(const SweepRun& run, const Json& evaluation) const {
  write_file(result_file(run), evaluation.dump(2) + "\n");
}

std::string SweepFolder::failure(const SweepRun& run) const {
  std::error_code code;
  if (!fs::exists(failure_file(run), code)) return "";
  std::string text = read_file(failure_file(run), size_t{1} << 16);
  while (text.ends_with('\n'))
    text.pop_back();
  return text;
}

void SweepFolder::write_failure(const SweepRun& run, const std::string& reason) const {
  write_file(failure_file(run), reason + "\n");
}

void SweepFolder::forget_failures() const {
  for (const auto& run : plan_.runs()) {
    std::error_code code;
    fs::remove(failure_file(run), code);
  }
}

std::map<std::string, Json> SweepFolder::results() const {
  std::map<std::string, Json> all;
  for (const auto& run : plan_.runs()) {
    if (auto json = result(run)) all.emplace(run.name, std::move(*json));
  }
  return all;
}

}  // namespace latent
