#include "run/run_directory.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "core/error.h"
#include "core/log.h"
#include "core/system/file.h"
#include "core/text/shell.h"
#include "core/text/suggest.h"
#include "run/run_lock.h"
#include "run/run_path.h"

namespace latent {
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr std::string_view kOlder = "step-";

// The folders that training and the commands make in a run.
constexpr std::array kFolders{"checkpoints", "images", "cache",       "bad-steps",  "encode",
                              "detect",      "priors", "compression", "tensorboard"};
// The files beside them that are written under a temporary name first.
constexpr std::array kFiles{"config.json", "build.json", "metrics.csv"};

template <size_t N>
bool contains(const std::array<const char*, N>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Returns the entries of a folder; none if it cannot be read.
std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> all;
  std::error_code code;
  for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code))
    all.push_back(it->path());
  std::sort(all.begin(), all.end());
  return all;
}

// Returns true if a folder holds only the files of a run whose config is not written yet.
bool only_begun(const fs::path& folder) {
  std::error_code code;
  const bool begun = fs::is_directory(folder / "checkpoints", code);
  const auto harmless = [&](const fs::path& path) {
    const std::string name = path.filename().string();
    return path == RunLock::path_in(folder) ||
           (name == "checkpoints" && fs::is_empty(path, code)) || (begun && name == "build.json") ||
           (begun && is_temporary(path) &&
            (name.starts_with("build.json.") || name.starts_with("config.json.")));
  };
  const auto all = entries(folder);
  return std::all_of(all.begin(), all.end(), harmless);
}

// Throws Error with the runs in a folder that is none itself.
void expect_no_folder_of_runs(const fs::path& path) {
  if (std::error_code code; fs::exists(path / "config.json", code)) return;
  constexpr size_t kNamed = 12;
  std::vector<std::string> names;
  for (const auto& run : runs_below(path, kNamed + 1))
    names.push_back(run.string());
  if (names.empty()) return;
  const bool more = names.size() > kNamed;
  names.resize(std::min(names.size(), kNamed));
  throw Error(path.string() + ": holds runs, but is none; expected one of " + join(names) +
              (more ? ", ... (latent runs " + shell_word(path.string()) + " lists them)" : ""));
}

}  // namespace

fs::path RunDirectory::free_name(const std::string& config_name) {
  make_directories("runs");
  for (int n = 1;; ++n) {
    const fs::path path = fs::path("runs") / (config_name + "-" + std::to_string(n));
    std::error_code code;
    if (fs::create_directory(path, code)) return path;
    if (std::error_code other; code && !fs::exists(path, other))
      throw Error(path.string() + ": cannot make this folder: " + code.message());
  }
}

void RunDirectory::check_free(const fs::path& path, bool overwrite) {
  std::error_code code;
  if (!fs::exists(path, code)) return;
  if (!fs::is_directory(path, code))
    throw Error(path.string() + ": is a file; expected a new folder for the run");
  if (only_begun(path)) return;
  const bool run = fs::exists(path / "config.json", code) && fs::exists(path / "build.json", code);
  if (!run)
    throw Error(path.string() + ": holds other files; expected a new or empty folder for the run");
  if (!overwrite) {
    throw Error(
        path.string() +
        ": a run already exists here; expected a new folder (--run), --overwrite, or --resume "
        "to continue it");
  }
}

RunDirectory RunDirectory::create(const fs::path& path, bool overwrite, const std::string& config,
                                  Json build) {
  check_free(path, overwrite);
  make_directories(path);
  RunDirectory run(path);
  const auto remove = [&](const fs::path& old) {
    std::error_code code;
    fs::remove_all(old, code);
    if (code) throw Error(old.string() + ": cannot be removed: " + code.message());
  };
  for (const char* folder : kFolders)
    remove(path / folder);
  remove(run.metrics());
  remove(run.log());
  make_directories(path / "checkpoints");
  build["format"] = kRunFormat;
  // A process that is killed here leaves the old run's config or none, so the folder can be reused.
  write_file(path / "build.json", build.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  write_file(run.config(), config);
  return run;
}

RunDirectory RunDirectory::open(const fs::path& path) {
  std::error_code code;
  if (!fs::exists(path, code))
    throw Error(path.string() + ": no such run; expected a folder made by latent train");
  expect_no_folder_of_runs(path);
  for (const char* name : {"config.json", "build.json"}) {
    if (!fs::exists(path / name, code)) {
      throw Error(path.string() + ": not a run of latent train: " + name + " is missing");
    }
  }
  const RunDirectory run(path);
  const Json build = run.build();
  if (const auto format = build["format"].get<int64_t>(); format > kRunFormat) {
    throw Error(path.string() + ": made by a newer latent (run format " + std::to_string(format) +
                "); expected format " + std::to_string(kRunFormat) + " or older; update latent");
  }
  return run;
}

Json RunDirectory::build() const {
  Json build = Json::parse(read_file(path_ / "build.json"), nullptr, false);
  if (!build.is_object() || !build.contains("format") || !build["format"].is_number_integer()) {
    throw Error((path_ / "build.json").string() + ": damaged; expected an object with \"format\"");
  }
  return build;
}

fs::path RunDirectory::checkpoint(const std::string& which) const {
  return path_ / "checkpoints" / (which + ".safetensors");
}

std::vector<std::string> RunDirectory::checkpoint_names() const {
  std::vector<std::string> names, older;
  for (const auto& path : entries(path_ / "checkpoints")) {
    if (path.extension() != ".safetensors") continue;
    if (step_of(path.stem().string()) >= 0) older.push_back(path.stem().string());
  }
  for (const char* name : {"last", "best", "rollback"}) {
    if (std::error_code code; fs::exists(checkpoint(name), code)) names.emplace_back(name);
  }
  std::sort(older.begin(), older.end(),
            [](const auto& a, const auto& b) { return step_of(a) > step_of(b); });
  names.insert(names.end(), older.begin(), older.end());
  return names;
}

std::string RunDirectory::older_name(int64_t step) { return fmt::format("{}{:08}", kOlder, step); }

int64_t RunDirectory::step_of(const std::string& name) {
  if (!name.starts_with(kOlder)) return -1;
  const std::string digits = name.substr(kOlder.size());
  const bool number = !digits.empty() && digits.size() <= 18 &&
                      digits.find_first_not_of("0123456789") == std::string::npos;
  return number ? std::stoll(digits) : -1;
}

std::vector<fs::path> RunDirectory::temporaries() const {
  const std::vector<fs::path> own{path_, path_ / "checkpoints", path_ / "images" / "train"};
  // People keep other files in a run's folder, and their names may look like temporary ones.
  const auto of_a_run = [&](const fs::path& file) {
    const fs::path within = file.lexically_relative(path_);
    if (within.has_parent_path()) return contains(kFolders, within.begin()->string());
    const std::string name = within.string();
    return contains(kFiles, name.substr(0, name.rfind('.')));
  };
  std::vector<fs::path> found;
  std::error_code code;
  for (fs::recursive_directory_iterator it(path_, code), end; !code && it != end;
       it.increment(code)) {
    if (!is_temporary(it->path()) || !of_a_run(it->path())) continue;
    const bool ours = std::find(own.begin(), own.end(), it->path().parent_path()) != own.end();
    if (ours || is_abandoned(it->path())) found.push_back(it->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

void RunDirectory::remove_temporaries() const {
  int64_t removed = 0;
  for (const auto& path : temporaries()) {
    std::error_code code;
    removed += fs::remove(path, code);
  }
  if (removed > 0) {
    log::info("{}: removed {} of a process that was killed", path_.string(),
              counted(removed, "half-written file"));
  }
}

void RunDirectory::replace_config(const std::string& config) const {
  if (read_file(this->config()) != config) write_file(this->config(), config);
}

std::string RunDirectory::resume_command() const {
  return "latent train --run " + shell_word(path_.string()) + " --resume";
}

std::string RunDirectory::restart_command() const {
  return "latent train " + shell_word(config().string()) + " --run " + shell_word(path_.string()) +
         " --overwrite";
}

fs::path RunDirectory::image(const std::string& command, const std::string& file) const {
  return path_ / "images" / command / file;
}

}  // namespace latent
