#include "core/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/error.h"

namespace latent::log {
namespace {

// stderr carries the bare message (a level only where it warns); the file adds the time.
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

// What waits for a file, where one will come.
std::optional<std::vector<Message>>& kept() {
  static std::optional<std::vector<Message>> messages;
  return messages;
}

// Messages quote files, which must not give a terminal orders: control characters become '?'; a
// line break stays one where a message may have several lines.
std::string without_controls(std::string message, bool one_line) {
  for (size_t i = 0; i < message.size(); ++i) {
    const auto byte = static_cast<unsigned char>(message[i]);
    if (byte == '\t' || (byte == '\n' && !one_line)) continue;
    if (byte < 0x20 || byte == 0x7f) message[i] = byte == '\n' ? ' ' : '?';
    // U+0080 to U+009F, which some terminals obey as well.
    const bool second = i > 0 && message[i - 1] == '\xc2' && byte >= 0x80 && byte < 0xa0;
    if (second) message.replace(i - 1, 2, "??");
  }
  return message;
}

void write(spdlog::level::level_enum level, const std::string& prefix, const std::string& message) {
  const std::string safe = without_controls(message, level == spdlog::level::err);
  console().log(level, "{}{}", prefix, safe);
  if (file_logger()) {
    file_logger()->log(level, "{}", safe);
  } else if (kept()) {
    kept()->push_back({spdlog::log_clock::now(), level, safe});
  }
}

}  // namespace

void set_level(Level level) {
  console().set_level(level == Level::kQuiet     ? spdlog::level::warn
                      : level == Level::kVerbose ? spdlog::level::debug
                                                 : spdlog::level::info);
}

void keep_for_file() { kept().emplace(); }

bool is_quiet() { return console().level() >= spdlog::level::warn; }

void also_to(const std::filesystem::path& file) {
  file_logger().reset();
  if (file.empty()) return;
  try {
    auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file.string());
    file_logger() = std::make_shared<spdlog::logger>("file", std::move(sink));
    file_logger()->set_pattern("%Y-%m-%d %H:%M:%S %l: %v");
    file_logger()->flush_on(spdlog::level::info);
    file_logger()->set_error_handler([file, told = false](const std::string& reason) mutable {
      if (!std::exchange(told, true))
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

}  // namespace latent::log
