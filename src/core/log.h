// The program's log, which goes to stderr and to a run's log.txt.
#pragma once

#include <spdlog/fmt/fmt.h>

#include <filesystem>
#include <string>

namespace latent::log {

enum class Level { kQuiet, kNormal, kVerbose };

/// Sets which messages reach stderr; call once from main before the first message.
void set_level(Level level);

/// Sets who speaks: "warning: rank 1: ...". For one of several processes that do not lead.
void set_speaker(const std::string& name);

/// Returns true if only warnings and errors reach stderr.
bool is_quiet();

/// Keeps all later messages for the file that also_to will name.
void keep_for_file();

/// Appends the kept messages and all later ones to `file` as well; an empty path stops that.
void also_to(const std::filesystem::path& file);

void write_info(const std::string& message);
void write_warning(const std::string& message);
void write_error(const std::string& message);

/// Keeps an error for the end of a command that continues without what failed.
void fail_at_end(const std::string& message);
/// Writes the errors that were kept. Returns whether there were any: the command has failed then.
bool write_kept_errors();

template <class... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
  write_info(fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void warn(fmt::format_string<Args...> format, Args&&... args) {
  write_warning(fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void error(fmt::format_string<Args...> format, Args&&... args) {
  write_error(fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace latent::log
