#include "run/run_directory.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"

namespace latent {
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

fs::path RunDirectory::free_name(const std::string& config_name) {
  for (int n = 1;; ++n) {
    fs::path path = fs::path("runs") / (config_name + "-" + std::to_string(n));
    if (!fs::exists(path)) return path;
  }
}

void RunDirectory::check_free(const fs::path& path, bool overwrite) {
  std::error_code code;
  if (!fs::exists(path, code)) return;
  if (!fs::is_directory(path, code))
    throw Error(path.string() + ": is a file; expected a new folder for the run");
  if (fs::is_empty(path, code)) return;
  const bool run = fs::exists(path / "config.json", code) && fs::exists(path / "build.json", code);
  if (!run)
    throw Error(path.string() + ": holds other files; expected a new or empty folder for the run");
  if (!overwrite) {
    throw Error(path.string() +
                ": a run is already there; expected a new folder (--run), --overwrite, or --resume "
                "to go on with it");
  }
}

RunDirectory RunDirectory::create(const fs::path& path, bool overwrite, const std::string& config,
                                  Json build) {
  check_free(path, overwrite);
  make_directories(path);
  RunDirectory run(path);
  for (const char* name :
       {"checkpoints", "images", "cache", "metrics.csv", "log.txt", "config.json", "build.json"}) {
    std::error_code code;
    fs::remove_all(path / name, code);
    if (code) throw Error((path / name).string() + ": cannot be removed: " + code.message());
  }
  make_directories(path / "checkpoints");
  build["format"] = kRunFormat;
  write_file(run.config(), config);
  write_file(path / "build.json", build.dump(2) + "\n");
  return run;
}

RunDirectory RunDirectory::open(const fs::path& path) {
  if (!fs::exists(path))
    throw Error(path.string() + ": no such run; expected a folder made by latent train");
  for (const char* name : {"config.json", "build.json"}) {
    if (!fs::exists(path / name)) {
      throw Error(path.string() + ": not a run of latent train: " + name + " is missing");
    }
  }
  const Json build = Json::parse(read_file(path / "build.json"), nullptr, false);
  if (!build.is_object() || !build.contains("format") || !build["format"].is_number_integer()) {
    throw Error((path / "build.json").string() + ": damaged; expected an object with \"format\"");
  }
  if (const auto format = build["format"].get<int64_t>(); format > kRunFormat) {
    throw Error(path.string() + ": made by a newer latent (run format " + std::to_string(format) +
                "); expected format " + std::to_string(kRunFormat) + " or older; update latent");
  }
  return RunDirectory(path);
}

fs::path RunDirectory::checkpoint(const std::string& which) const {
  return path_ / "checkpoints" / (which + ".safetensors");
}

std::string RunDirectory::stored_checkpoint(const std::string& preferred) const {
  const std::string other = preferred == "best" ? "last" : "best";
  for (const auto& which : {preferred, other}) {
    if (fs::exists(checkpoint(which))) return which;
  }
  throw Error(path_.string() +
              ": no checkpoint yet; expected a run that trained for at least one epoch");
}

void RunDirectory::replace_config(const std::string& config) const {
  if (read_file(this->config()) != config) write_file(this->config(), config);
}

fs::path RunDirectory::image(const std::string& command, const std::string& file) const {
  return path_ / "images" / command / file;
}

}  // namespace latent
