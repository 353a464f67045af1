// A subcommand's command line: the flags all commands share, and its own.
#pragma once

// Values such as [16,32] hold commas: no flag of ours is split at them.
#define CXXOPTS_VECTOR_DELIMITER '\x1f'
// Its parser without std::regex, a third of what each command takes to compile.
#define CXXOPTS_NO_REGEX
#include <cxxopts.hpp>

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <vector>

#include "core/device/device.h"
#include "core/error.h"

namespace latent {

/// The largest integer that a flag takes, as for a key of a config (config/section.cpp).
constexpr int64_t kLargestInteger = int64_t{1} << 62;

/// Declares --run and --checkpoint.
void declare_run(cxxopts::Options& options);
/// Declares --checkpoint alone, for a command that names its runs otherwise.
void declare_checkpoint(cxxopts::Options& options);
/// Declares --set, which changes keys of a config.
void declare_settings(cxxopts::Options& options);
/// Declares --out. meaning: the files it may name, and the default.
void declare_out(cxxopts::Options& options, const std::string& meaning);

/// The parsed command line.
class Arguments {
 public:
  explicit Arguments(cxxopts::ParseResult parsed) : parsed_(std::move(parsed)) {}

  bool has(const std::string& flag) const { return seen(flag).count(flag) > 0; }
  bool flag(const std::string& name) const { return seen(name)[name].as<bool>(); }
  /// Whether a flag is given, without counting as the use of it.
  bool given(const std::string& flag) const { return parsed_.count(flag) > 0; }
  /// Returns the value of a flag as it was typed, without counting as the use of it; "" if it was
  /// not given.
  std::string words(const std::string& flag) const;
  std::string text(const std::string& flag) const { return seen(flag)[flag].as<std::string>(); }
  double number(const std::string& flag) const { return seen(flag)[flag].as<double>(); }
  /// Returns an integer in [low, high]. Throws UsageError naming the flag and the bounds.
  int64_t integer(const std::string& flag, int64_t low, int64_t high = kLargestInteger) const;
  /// Returns the numbers of "3,17,40-49". Throws UsageError naming the flag.
  std::vector<int64_t> indices(const std::string& flag) const;
  /// Returns the two numbers of "0.01:0.99" or "0.01,0.99". Throws UsageError naming the flag and
  /// the example.
  std::vector<double> range(const std::string& flag, const std::string& example) const;
  /// Returns the numbers of "-3,0,2.5", or those of "-3:3:7": 7 from -3 to 3 at equal distances; 7
  /// too if the third number is left out. Throws UsageError naming the flag, and for more than
  /// `most` numbers.
  std::vector<double> series(const std::string& flag, int64_t most) const;
  std::vector<std::string> texts(const std::string& flag) const;
  /// Returns the values of --set. Throws UsageError if two of them set one key.
  std::vector<std::string> settings() const;
  /// Returns the values of --set and, if --seed is given, one that sets train.seed. Throws
  /// UsageError if both set it.
  std::vector<std::string> training_settings() const;
  /// Returns what `parse` makes of the flag's text. Puts the flag and the text in front of the
  /// message of an Error that `parse` throws, and throws a `Failure`.
  template <class Failure = UsageError, class Parse>
  auto parsed(const std::string& flag, const Parse& parse) const {
    try {
      return parse(text(flag));
    } catch (const Error& wrong) {
      throw Failure("--" + flag + " " + text(flag) + ": " + wrong.what());
    }
  }

  /// Returns the picture that --out names, or else `otherwise`; a folder, or a name that ends with
  /// a slash, stands for the file of that name in it. charts: whether gnuplot draws it, which
  /// writes PNG, JPEG, SVG and PDF; other pictures are PNG or JPEG. Throws UsageError for another
  /// file type.
  std::filesystem::path picture(const std::filesystem::path& otherwise, bool charts) const;

  /// Returns the folder that --out names, or else `otherwise`. Throws UsageError for the name of a
  /// picture. why: what the folder is for, for the message.
  std::filesystem::path folder(const std::filesystem::path& otherwise,
                               const std::string& why) const;

  /// Returns the folder of the run that --run names, or that what it names lies in. Throws
  /// UsageError if it is missing, empty or given twice.
  std::filesystem::path run() const;
  /// Returns the checkpoint of a run to use: that of --checkpoint, else the one whose file --run
  /// names, else "best". A step stands for its checkpoint: "2400", "step-2400". Throws UsageError
  /// with the checkpoints of the run if it is not there, and if the two flags name different ones.
  std::string checkpoint(const std::filesystem::path& run) const;
  /// Returns the file that --config (or the word in its place) names. Throws UsageError if there is
  /// none, or if it is the folder of a run. command: "bench", for the message.
  std::filesystem::path config(const std::string& command) const;
  c10::Device device() const;
  uint64_t seed() const;
  bool json() const { return flag("json"); }
  bool quiet() const { return flag("quiet"); }

  /// Makes print_result store the result in `result`, which must outlive the arguments, instead of
  /// printing it: for a command that runs others.
  void collect(nlohmann::ordered_json& result) { collected_ = &result; }
  nlohmann::ordered_json* collected() const { return collected_; }

  /// Throws UsageError if one of the flags is given. why: what follows "--fps: ", with the remedy.
  void refuse(const std::vector<std::string>& flags, const std::string& why) const;
  /// Returns the flags that the user gave and that nobody has asked for.
  std::vector<std::string> ignored() const;

 private:
  const cxxopts::ParseResult& seen(const std::string& flag) const {
    asked_.insert(flag);
    return parsed_;
  }

  cxxopts::ParseResult parsed_;
  nlohmann::ordered_json* collected_ = nullptr;
  mutable std::set<std::string> asked_;
};

/// Returns the numbers of "3,17,40-49". Throws UsageError naming the flag.
std::vector<int64_t> parse_indices(const std::string& text, const std::string& flag);

/// Whether print_result has printed something.
bool has_printed_result();

/// Prints the result to stdout, unless the arguments collect it: with --json as one JSON object,
/// else as `text`. Removes or escapes the control characters that names in files may contain.
void print_result(const Arguments& arguments, const nlohmann::ordered_json& result,
                  const std::string& text);

}  // namespace latent
