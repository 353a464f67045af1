#include <spdlog/fmt/fmt.h>
#include <torch/version.h>
#include <unistd.h>

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
#include "core/terminal.h"
#include "core/version.h"
#include "kernel/allowed.h"
#include "shell/help.h"

namespace {

using namespace latent;

constexpr int kUsage = 2;

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

void set_log_level(const Arguments& arguments) {
  const bool verbose = arguments.flag("verbose");
  if (verbose && arguments.quiet())
    throw UsageError("--verbose: --quiet asks for the opposite; expected one of the two");
  log::set_level(verbose             ? log::Level::kVerbose
                 : arguments.quiet() ? log::Level::kQuiet
                                     : log::Level::kNormal);
}

// Returns what may help where a file or folder cannot be written; "" for other errors.
std::string place_remedy(const std::string& command, const std::string& message) try {
  const bool refused =
      message.ends_with(": Permission denied") || message.ends_with(": Read-only file system");
  if (!refused) return "";
  const std::string help = declare_command(commands().find(command, "latent")).help();
  if (command == "train") return "; name a folder of your own with --run";
  return help.find("--out ") == std::string::npos ? "" : "; name another place with --out";
} catch (const std::exception&) {
  return "";
}

// Whether scripts read the result.
bool wants_json(int argc, char** argv) {
  return std::any_of(argv + 1, argv + argc,
                     [](const char* word) { return std::string_view(word) == "--json"; });
}

// Prints the message for people, and for scripts as JSON.
void print_error(const std::string& message, int argc, char** argv) {
  log::error("{}", message);
  if (has_printed_result() || !wants_json(argc, argv)) return;
  const nlohmann::json json{{"error", message}};
  fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

// Reports an error. Returns the exit code: a value of --set is part of the command line.
int report(const Error& failure, int argc, char** argv) {
  const std::string message = failure.what();
  print_error(message + place_remedy(argc > 1 ? argv[1] : "", message), argc, argv);
  return message.starts_with("--set ") ? kUsage : 1;
}

int run(int argc, char** argv) {
  const std::string name = argc > 1 ? argv[1] : "";
  const size_t columns = terminal_columns(STDOUT_FILENO);
  if (name == "help" && argc > 2) {  // as `latent COMMAND --help`
    char help[] = "--help";
    char* words[] = {argv[0], argv[2], help};
    return run(3, words);
  }
  if (name.empty() || name == "--help" || name == "-h" || name == "help") {
    std::fputs(shell::overview(columns).c_str(), stdout);
    return name.empty() ? kUsage : 0;
  }
  if (name == "--version" || name == "-V" || name == "-v") {
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
    std::fputs(shell::help_of(shell::text_of(row), columns).c_str(), stdout);
    return 0;
  }
  set_log_level(arguments);
  use_threads(arguments.integer("threads", 0, 4096), "--threads");
  kernel::allowed();  // a wrong LATENT_KERNELS ends every command
  const int code = exit_code_of(row, arguments);
  for (const auto& flag : arguments.ignored())
    log::warn("--{}: had no effect; latent {} does not use it with these arguments", flag, name);
  return log::write_kept_errors() ? 1 : code;
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
    print_error(failure.what(), argc, argv);
    return kUsage;
  } catch (const Interrupted& failure) {
    log::warn("{}", failure.what());
    return 128 + failure.signal();
  } catch (const Error& failure) {
    return report(failure, argc, argv);
  } catch (const std::filesystem::filesystem_error& failure) {
    const std::string path = failure.path1().string();
    print_error(path.empty() ? failure.what() : path + ": " + failure.code().message(), argc, argv);
  } catch (const std::exception& failure) {
    const std::string memory = latent::out_of_memory(failure);
    if (!memory.empty()) {
      print_error(memory + "; " + memory_remedy(argc > 1 ? argv[1] : ""), argc, argv);
    } else {
      print_error("internal error: " + std::string(latent::message_of(failure)), argc, argv);
    }
  }
  return 1;
}
