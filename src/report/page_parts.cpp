#include "report/page_parts.h"

#include <csignal>
#include <sstream>

#include "core/error.h"
#include "core/log.h"
#include "core/system/child.h"
#include "core/system/file.h"
#include "core/system/interrupt.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr size_t kLargestOutput = size_t{1} << 26;

std::string last_error_line(const std::string& messages) {
  std::istringstream lines(messages);
  const std::string start = "error: ";
  std::string found;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(start)) found = line.substr(start.size());
  }
  return found;
}

}  // namespace

CommandOutput run_command(const PartMaker& maker, std::vector<std::string> words) {
  make_directories(maker.folder);
  const fs::path out = temporary_name(maker.folder / "stdout");
  const fs::path err = temporary_name(maker.folder / "stderr");
  words.insert(words.begin(), this_program().string());
  words.insert(words.end(), maker.flags.begin(), maker.flags.end());
  CommandOutput output;
  {
    ChildProcess child(words, out, err);
    std::optional<int> code;
    while (!(code = child.wait(0.2))) {
      if (interrupt_signal() != 0) child.send(SIGTERM);
    }
    output.code = *code;
  }
  output.text = read_file(out, kLargestOutput);
  output.error = last_error_line(read_file(err, kLargestOutput));
  std::error_code ignored;
  fs::remove(out, ignored);
  fs::remove(err, ignored);
  if (const int signal = interrupt_signal(); signal != 0)
    throw Interrupted("interrupted before the report was complete", signal);
  if (output.code != 0 && output.error.empty())
    output.error = "exit code " + std::to_string(output.code);
  return output;
}

void add_picture(HtmlPage& page, const PartMaker& maker, const PicturePart& part) {
  log::info("report: {}", part.title);
  const fs::path file = maker.folder / part.file;
  std::vector<std::string> words = part.words;
  words.insert(words.end(), {"--out", file.string()});
  std::error_code ignored;
  fs::remove(file, ignored);  // an old one must not pass for the new one
  const CommandOutput output = run_command(maker, words);
  page.section(part.title);
  page.paragraph(part.meaning);
  if (output.code != 0) {
    page.note("warning", "not drawn: " + output.error);
  } else if (!page.picture(file, part.title)) {
    page.note("warning", "not included: the page would be too large; the command below draws it");
  }
  words.insert(words.begin(), "latent");
  page.command(words);
}

}  // namespace latent
