#include "core/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/log_detail.h"
#include "core/text/utf8.h"

namespace latent::log {
namespace {

// stderr shows the bare message (and the level of warnings and errors); the file adds the time.
std::shared_ptr<spdlog::logger> make_console() {
  auto logger = std::make_shared<spdlog::logger>(
      "console", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  logger->set_pattern("%v");
  return logger;
}

spdlog::logger& console() {
  static const std::shared_ptr<spdlog::logger> logger = make_console();
  return *logger;
}

std::shared_ptr<spdlog::logger>& file_logger() {
  static std::shared_ptr<spdlog::logger> logger;
  return logger;
}

struct Message {
  spdlog::log_clock::time_point time;
  spdlog::level::level_enum level;
  std::string text;
};

// Messages that wait for a file, if there will be one.
std::optional<std::vector<Message>>& kept() {
  static std::optional<std::vector<Message>> messages;
  return messages;
}

std::string& speaker() {
  static std::string name;
  return name;
}

// Errors that wait for the end of the command.
std::vector<std::string>& kept_errors() {
  static std::vector<std::string> messages;
  return messages;
}

// Removes control characters, since messages quote files. A warning or an error stays one line.
void write(spdlog::level::level_enum level, const std::string& prefix, const std::string& message) {
  const std::string safe = without_controls(message, level >= spdlog::level::warn);
  console().log(level, "{}{}{}", prefix, speaker(), safe);
  if (file_logger()) {
    file_logger()->log(level, "{}", safe);
  } else if (kept()) {
    kept()->push_back({spdlog::log_clock::now(), level, safe});
  }
}

}  // namespace

void set_level(Level level) {
  if (level == Level::kVerbose) console().set_pattern("%H:%M:%S.%e %v");
  console().set_level(level == Level::kQuiet     ? spdlog::level::warn
                      : level == Level::kVerbose ? spdlog::level::debug
                                                 : spdlog::level::info);
}

void set_speaker(const std::string& name) { speaker() = name + ": "; }

void keep_for_file() { kept().emplace(); }

bool is_verbose() { return console().level() <= spdlog::level::debug; }

void write_detail(const std::string& message) {
  console().log(spdlog::level::debug, "{}", without_controls(message, /*one_line=*/true));
}

bool is_quiet() { return console().level() >= spdlog::level::warn; }

void also_to(const std::filesystem::path& file) {
  file_logger().reset();
  if (file.empty()) return;
  try {
    auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file.string());
    file_logger() = std::make_shared<spdlog::logger>("file", std::move(sink));
    file_logger()->set_pattern("%Y-%m-%d %H:%M:%S %l: %v");
    file_logger()->flush_on(spdlog::level::info);
    file_logger()->set_error_handler([file, warned = false](const std::string& reason) mutable {
      if (!std::exchange(warned, true))
        console().warn("warning: {}: cannot be written: {}", file.string(), reason);
    });
    for (const auto& each : std::exchange(kept(), std::nullopt).value_or(std::vector<Message>{}))
      file_logger()->log(each.time, spdlog::source_loc{}, each.level, each.text);
  } catch (const spdlog::spdlog_ex& failure) {
    throw Error(file.string() + ": cannot be written: " + failure.what());
  }
}

void write_info(const std::string& message) { write(spdlog::level::info, "", message); }
void write_warning(const std::string& message) { write(spdlog::level::warn, "warning: ", message); }
void write_error(const std::string& message) { write(spdlog::level::err, "error: ", message); }

void fail_at_end(const std::string& message) { kept_errors().push_back(message); }

bool write_kept_errors() {
  const auto messages = std::exchange(kept_errors(), {});
  for (const auto& message : messages)
    write_error(message);
  return !messages.empty();
}

}  // namespace latent::log
