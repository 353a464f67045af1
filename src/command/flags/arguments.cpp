#include "command/flags/arguments.h"

#include <algorithm>
#include <map>

#include "core/error.h"
#include "core/text/split.h"
#include "core/text/suggest.h"
#include "run/run_directory.h"
#include "run/run_path.h"

namespace latent {
namespace {

// ".png" of "x.PNG".
std::string lower_ending(const std::filesystem::path& path) {
  return lower_case(path.extension().string());
}

// The checkpoint of a run that `name` stands for: its own name, or its step.
std::string existing_checkpoint(const std::filesystem::path& run, const std::string& name) {
  std::vector<std::string> there{"best", "last"};
  if (is_run(run)) there = RunDirectory::open(run).checkpoint_names();
  std::sort(there.begin(), there.end());
  if (std::find(there.begin(), there.end(), name) != there.end()) return name;
  const std::string digits = name.starts_with("step-") ? name.substr(5) : name;
  const int64_t step = RunDirectory::step_of("step-" + digits);
  for (const auto& each : there) {
    if (step >= 0 && RunDirectory::step_of(each) == step) return each;
  }
  throw UsageError("--checkpoint " + name + ": expected " + join(there, " or "));
}

}  // namespace

void declare_run(cxxopts::Options& options) {
  options.add_options("input")("run", "folder of the run",
                               cxxopts::value<std::vector<std::string>>(), "DIR");
  declare_checkpoint(options);
}

void declare_checkpoint(cxxopts::Options& options) {
  options.add_options("input")(
      "checkpoint", "checkpoint to use: best (lowest val_loss), last, or a step such as step-2400",
      cxxopts::value<std::string>()->default_value("best"), "NAME");
}

void declare_settings(cxxopts::Options& options) {
  options.add_options("input")("set", "change a config key, such as train.epochs=3 (repeatable)",
                               cxxopts::value<std::vector<std::string>>(), "KEY=VALUE");
}

void declare_out(cxxopts::Options& options, const std::string& meaning) {
  options.add_options("output")("o,out", meaning, cxxopts::value<std::string>(), "PATH");
}

int64_t Arguments::integer(const std::string& flag, int64_t low, int64_t high) const {
  const auto value = seen(flag)[flag].as<int64_t>();
  if (value < low || value > high) {
    throw UsageError(
        "--" + flag + " " + std::to_string(value) +
        ": expected an integer >= " + std::to_string(low) +
        (high == kLargestInteger && value <= high ? "" : " and <= " + std::to_string(high)));
  }
  return value;
}

std::string Arguments::words(const std::string& flag) const {
  for (const auto& each : parsed_.arguments()) {
    if (each.key() == flag) return each.value();
  }
  return "";
}

std::vector<std::string> Arguments::texts(const std::string& flag) const {
  return has(flag) ? seen(flag)[flag].as<std::vector<std::string>>() : std::vector<std::string>{};
}

std::vector<std::string> Arguments::settings() const {
  const std::vector<std::string> all = texts("set");
  std::map<std::string, std::string> values;
  for (const auto& setting : all) {
    const size_t equals = setting.find('=');
    if (equals == std::string::npos) continue;  // Config complains about it
    const std::string key = setting.substr(0, equals), value = setting.substr(equals + 1);
    const auto [before, first] = values.emplace(key, value);
    if (!first) {
      throw UsageError("--set " + key + ": given twice (" + before->second + ", " + value +
                       "); expected one value");
    }
  }
  return all;
}

std::vector<std::string> Arguments::training_settings() const {
  auto all = settings();
  if (!has("seed")) return all;
  const std::string number = std::to_string(seed());
  for (const auto& setting : all) {
    if (setting.starts_with("train.seed=")) {
      throw UsageError("--seed " + number + ": --set " + setting +
                       " also sets the seed; expected one of the two");
    }
  }
  all.push_back("train.seed=" + number);
  return all;
}

std::filesystem::path Arguments::picture(const std::filesystem::path& otherwise,
                                         bool charts) const {
  if (!has("out")) return otherwise;
  std::filesystem::path out = text("out");
  std::error_code ignored;
  if (!otherwise.empty() && (!out.has_filename() || std::filesystem::is_directory(out, ignored)))
    return out / otherwise.filename();
  const std::string kind = lower_ending(out);
  const bool shared = kind == ".png" || kind == ".jpg" || kind == ".jpeg";
  if (shared || (charts && (kind == ".svg" || kind == ".pdf")) || !out.has_filename()) return out;
  throw UsageError("--out " + out.string() + ": expected a " +
                   (charts ? ".png, .jpg, .svg or .pdf" : ".png or .jpg") +
                   " file, or a folder that ends with /");
}

std::filesystem::path Arguments::folder(const std::filesystem::path& otherwise,
                                        const std::string& why) const {
  if (!has("out")) return otherwise;
  const std::filesystem::path out = text("out");
  for (const char* kind : {".png", ".svg", ".pdf", ".jpg", ".jpeg", ".gif"}) {
    if (lower_ending(out) == kind)
      throw UsageError("--out " + out.string() + ": " + why + "; expected a folder");
  }
  return out;
}

std::filesystem::path Arguments::run() const {
  if (!has("run"))
    throw UsageError(
        "--run is missing; expected the folder of a run, for example --run runs/shapes_vae-1");
  const auto folders = texts("run");
  if (folders.size() > 1) throw UsageError("--run: given twice; expected one run");
  if (folders.front().empty()) throw UsageError("--run: empty; expected the folder of a run");
  const auto within = run_of_path(folders.front());
  return within ? within->run : std::filesystem::path(folders.front());
}

std::string Arguments::checkpoint(const std::filesystem::path& run) const {
  const auto folders = texts("run");
  const auto within = folders.size() == 1 ? run_of_path(folders.front()) : std::nullopt;
  const std::string file = within ? within->checkpoint : "";
  std::string name = text("checkpoint");
  if (!has("checkpoint") && !file.empty()) name = file;
  if (!file.empty() && name != file) {
    throw UsageError("--checkpoint " + name + ": --run names the file of the checkpoint " + file +
                     "; expected one of the two");
  }
  if (name == "best" || name == "last") return name;  // their damage has remedies of its own
  return existing_checkpoint(run, name);
}

std::filesystem::path Arguments::config(const std::string& command) const {
  if (!has("config")) throw UsageError("no config; expected latent " + command + " CONFIG.json");
  const std::filesystem::path file = text("config");
  std::error_code ignored;
  if (!std::filesystem::exists(file / "build.json", ignored)) return file;
  // Whoever gives it to `train` most likely wants to resume the run.
  const std::string resume =
      command == "train" ? "to resume it use latent train --run " + file.string() + " --resume, "
                         : "";
  throw UsageError(
      file.string() + ": is the folder of a run; " + resume +
      (resume.empty() ? "its config is " : "to train its config again use latent train ") +
      (file / "config.json").string());
}

c10::Device Arguments::device() const { return parse_device(text("device"), "--device"); }

uint64_t Arguments::seed() const { return static_cast<uint64_t>(integer("seed", 0)); }

void Arguments::refuse(const std::vector<std::string>& flags, const std::string& why) const {
  for (const auto& flag : flags) {
    if (has(flag)) throw UsageError("--" + flag + ": " + why);
  }
}

std::vector<std::string> Arguments::ignored() const {
  std::vector<std::string> flags;
  for (const auto& given : parsed_.arguments()) {
    const bool reported = std::find(flags.begin(), flags.end(), given.key()) != flags.end();
    if (!asked_.contains(given.key()) && !reported) flags.push_back(given.key());
  }
  return flags;
}

}  // namespace latent
