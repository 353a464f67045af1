#include <spdlog/fmt/fmt.h>
#include <torch/version.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>

#include "command/flags/parse.h"
#include "command/registry.h"
#include "core/error.h"
#include "core/exit_with.h"
#include "core/log.h"
#include "core/system/crash.h"
#include "core/system/interrupt.h"
#include "core/system/out_of_memory.h"
#include "core/system/process.h"
#include "core/version.h"
#include "kernel/allowed.h"

namespace {

using namespace latent;

constexpr int kUsage = 2;

constexpr const char* kExitCodes =
    "\nexit codes: 0 done; 1 error; 2 wrong command line; 3 something was flagged (latent detect\n"
    "--fail-on-anomaly); 128 + N stopped by signal N\n";

std::string overview() {
  std::string text =
      "latent trains autoencoders on images and explores their latent spaces.\n\n"
      "usage: latent COMMAND [options]      latent COMMAND --help\n\ncommands:\n";
  for (const auto& row : commands().rows())
    text += fmt::format("  {:<12} {}\n", row.name, row.summary);
  return text + kExitCodes + "\nstart with: latent train configs/shapes_vae.json\n";
}

// Returns what a user can do when memory ran out.
std::string memory_remedy(const std::string& command) try {
  const CommandRow& row = commands().find(command, "latent");
  if (!row.memory_remedy.empty()) return row.memory_remedy;
  const bool counts = declare_command(row).help().find("--count ") != std::string::npos;
  return counts ? "ask for less at once (--count), or free memory"
                : "free memory, or train with a smaller data.size";
} catch (const std::exception&) {  // not enough memory even for the list of its options
  return "free memory";
}

// Returns the exit code of the command: 0 unless it found what its caller wants to know.
int exit_code_of(const CommandRow& row, const Arguments& arguments) try {
  row.run(arguments);
  return 0;
} catch (const ExitWith& found) {
  return found.exit_code();
}

int run(int argc, char** argv) {
  const std::string name = argc > 1 ? argv[1] : "";
  if (name == "help" && argc > 2) {  // as `latent COMMAND --help`
    char help[] = "--help";
    char* words[] = {argv[0], argv[2], help};
    return run(3, words);
  }
  if (name.empty() || name == "--help" || name == "-h" || name == "help") {
    std::fputs(overview().c_str(), stdout);
    return name.empty() ? kUsage : 0;
  }
  if (name == "--version") {
    fmt::print("latent {} (revision {}, LibTorch {})\n", version(), git_revision(), TORCH_VERSION);
    return 0;
  }
  const auto known = commands().names();
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    if (name.starts_with("-")) {
      throw UsageError("latent " + name + ": flags follow a command; expected latent COMMAND " +
                       name);
    }
    throw UsageError("latent " + name + ": unknown command; " + did_you_mean(name, known));
  }
  const CommandRow& row = commands().find(name, "latent");
  cxxopts::Options options = declare_command(row);
  const Arguments arguments = parse_command_line(options, argc - 1, argv + 1);
  if (arguments.flag("help")) {
    std::fputs(options.help().c_str(), stdout);
    return 0;
  }
  log::set_level(arguments.quiet() ? log::Level::kQuiet : log::Level::kNormal);
  use_threads(arguments.integer("threads", 0, 4096), "--threads");
  kernel::allowed();  // a wrong LATENT_KERNELS ends every command
  const int code = exit_code_of(row, arguments);
  for (const auto& flag : arguments.ignored())
    log::warn("--{}: had no effect; latent {} does not use it with these arguments", flag, name);
  return log::write_kept_errors() ? 1 : code;
}

// Whether scripts read the result.
bool wants_json(int argc, char** argv) {
  return std::any_of(argv + 1, argv + argc,
                     [](const char* word) { return std::string_view(word) == "--json"; });
}

// Prints the message for people, and for scripts as JSON.
void report(const std::string& message, int argc, char** argv) {
  log::error("{}", message);
  if (has_printed_result() || !wants_json(argc, argv)) return;
  const nlohmann::json json{{"error", message}};
  fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace

int main(int argc, char** argv) {
  latent::fill_standard_streams();
  latent::install_crash_handler();
  latent::clean_up_temporaries_on_exit();
  latent::ignore_file_size_signal();
  latent::tune_malloc();
  try {
    return run(argc, argv);
  } catch (const UsageError& failure) {
    report(failure.what(), argc, argv);
    return kUsage;
  } catch (const Interrupted& failure) {
    log::warn("{}", failure.what());
    return 128 + failure.signal();
  } catch (const Error& failure) {
    report(failure.what(), argc, argv);
  } catch (const std::filesystem::filesystem_error& failure) {
    const std::string path = failure.path1().string();
    report(path.empty() ? failure.what() : path + ": " + failure.code().message(), argc, argv);
  } catch (const std::exception& failure) {
    const std::string memory = latent::out_of_memory(failure);
    if (!memory.empty()) {
      report(memory + "; " + memory_remedy(argc > 1 ? argv[1] : ""), argc, argv);
    } else {
      report("internal error: " + std::string(latent::message_of(failure)), argc, argv);
    }
  }
  return 1;
}
