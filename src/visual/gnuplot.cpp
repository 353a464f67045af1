#include "visual/gnuplot.h"

#include <fcntl.h>
#include <spawn.h>
#include <spdlog/fmt/fmt.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>
#include <sstream>

#include "core/error.h"
#include "core/system/child.h"
#include "core/system/file.h"
#include "image/text.h"
#include "visual/chart.h"

namespace latent::visual {
namespace {

namespace fs = std::filesystem;

// Unnamed files rather than pipes: a process that reads and writes three pipes at once must poll,
// or it may hang.
struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using Scratch = std::unique_ptr<std::FILE, Close>;

Scratch make_scratch() {
  Scratch file(std::tmpfile());
  if (!file)
    throw Error(std::string("gnuplot: no temporary file could be made: ") + std::strerror(errno));
  return file;
}

std::string contents(std::FILE* file) {
  std::rewind(file);
  std::string all;
  char buffer[1 << 14];
  for (size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, file)) > 0;)
    all.append(buffer, got);
  return all;
}

// Starts `program` without a shell and waits for it. Returns its exit code, or 128 + signal.
int run(const fs::path& program, std::FILE* in, std::FILE* out, std::FILE* err) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ::fileno(in), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ::fileno(out), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ::fileno(err), STDERR_FILENO);
  // -d: ignores the user's gnuplotrc.
  char* const arguments[] = {const_cast<char*>("gnuplot"), const_cast<char*>("-d"),
                             const_cast<char*>("-"), nullptr};
  pid_t child = 0;
  const int code = ::posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (code != 0) throw Error(program.string() + ": cannot be started: " + std::strerror(code));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw Error(program.string() + ": lost: " + std::strerror(errno));
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// Returns the last line: gnuplot prints the faulty line, points at it with ^ and then gives the
// reason.
std::string last_line(const std::string& text) {
  std::istringstream lines(text);
  std::string last;
  for (std::string line; std::getline(lines, line);) {
    const size_t start = line.find_first_not_of(" \t\r");
    if (start != std::string::npos) last = line.substr(start);
  }
  return last;
}

}  // namespace

std::string quoted(const std::string& text) {
  std::string safe = "'";
  char before = '\'';
  for (const char c : text) {
    // A doubled quote stands for one, but gnuplot takes it for the end of the string unless another
    // character precedes it; there it is replaced by a typographic quote.
    if (c == '\'')
      safe += before == '\'' ? "\u2019" : "''";
    else
      safe += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    before = c;
  }
  return safe + "'";
}

std::string number(double value) {
  return std::isfinite(value) ? fmt::format("{:.9g}", value) : "NaN";
}

std::string quoted_lines(const std::vector<std::string>& lines) {
  std::string all;
  for (const auto& line : lines)
    all += (all.empty() ? "" : ".\"\\n\".") + quoted(line);
  return all;
}

Canvas::Canvas(const fs::path& path, const Look& look, double natural_width)
    : natural_width_(natural_width) {
  const std::string ending = path.extension().string();
  kind_ = ending == ".png"   ? "pngcairo"
          : ending == ".svg" ? "svg"
          : ending == ".pdf" ? "pdfcairo"
                             : "";
  if (kind_.empty()) {
    throw Error(path.string() + ": a chart cannot be written as this; expected .png, .svg or .pdf");
  }
  const double larger = look.font_size > 0 ? look.font_size / kFontSize : 1;
  const double dpi = static_cast<double>(look.dpi > 0          ? look.dpi
                                         : kind_ == "pngcairo" ? kSlideDpi
                                                               : kLayoutDpi);
  const auto width = static_cast<double>(look.width);
  double pixels = dpi / static_cast<double>(kLayoutDpi);  // of a unit with text of 11 points
  if (width > 0 && look.dpi == 0) pixels = width / natural_width;
  if (width > 0 && look.dpi > 0) layout_ = width / pixels / natural_width;
  layout_ /= larger;
  enlargement_ = pixels * larger;
}

int64_t Canvas::width() const { return shrunk(natural_width_); }

int64_t Canvas::shrunk(double natural) const { return std::llround(natural * layout_); }

double Canvas::pixels_per_unit() const { return kind_ == "pngcairo" ? enlargement_ : 2.0; }

std::string Canvas::terminal(int64_t width, int64_t height) const {
  const auto pixels = [&](int64_t units) {
    return std::llround(static_cast<double>(units) * enlargement_);
  };
  const bool paper = kind_ == "pdfcairo";
  const auto inches = [](auto length) {
    return static_cast<double>(length) / static_cast<double>(kLayoutDpi);
  };
  const std::string size =
      paper ? fmt::format("{:.4f}in,{:.4f}in", inches(pixels(width)), inches(pixels(height)))
            : fmt::format("{},{}", pixels(width), pixels(height));
  const std::string points = kind_ == "svg" ? "" : fmt::format(" pointscale {:.4f}", enlargement_);
  return fmt::format(
      "set encoding utf8\nset terminal {} noenhanced size {} font 'DejaVu Sans,11' fontscale "
      "{:.4f} "
      "linewidth {:.4f}{} background '#ffffff'\n",
      kind_, size, enlargement_, enlargement_, points);
}

std::string axes(const std::string& title, const std::string& x_label, const std::string& y_label,
                 int64_t width) {
  return "set title " + quoted_lines(wrap_text(title, kTitleTextUnits, width)) +
         " font ',13'\nset xlabel " + quoted(x_label) + "\nset ylabel " + quoted(y_label) +
         "\nset border 3 linecolor '#444444'\n"
         "set tics nomirror out\n"
         "set grid linecolor '#e2e2e2' linetype 1 linewidth 1\n";
}

bool can_chart() { return !program_on_path("gnuplot").empty(); }

void run_gnuplot(const std::string& script, const fs::path& path) {
  const fs::path program = program_on_path("gnuplot");
  if (program.empty())
    throw Error(path.string() + ": gnuplot is not on the PATH; install gnuplot-nox to draw charts");
  const Scratch in = make_scratch(), out = make_scratch(), err = make_scratch();
  std::fwrite(script.data(), 1, script.size(), in.get());
  if (std::fflush(in.get()) != 0)
    throw Error(std::string("gnuplot: a temporary file is full: ") + std::strerror(errno));
  std::rewind(in.get());
  const int code = run(program, in.get(), out.get(), err.get());
  const std::string picture = contents(out.get());
  if (code != 0 || picture.empty()) {
    const std::string message = last_line(contents(err.get()));
    throw Error(path.string() + ": gnuplot drew nothing: " +
                (message.empty() ? "exit code " + std::to_string(code) : message));
  }
  if (path.has_parent_path()) make_directories(path.parent_path());
  write_file(path, picture);
}

}  // namespace latent::visual
