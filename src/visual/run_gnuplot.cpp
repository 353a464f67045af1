#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <sstream>

#include "core/error.h"
#include "core/system/child.h"
#include "core/system/file.h"
#include "core/text/split.h"
#include "image/codecs.h"
#include "visual/chart.h"
#include "visual/gnuplot.h"

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
  const std::string ending = lower_case(path.extension().string());
  if (ending == ".jpg" || ending == ".jpeg")  // gnuplot has drawn a PNG
    return write_picture(decode(in_memory(picture, path.string()), 3), path);
  if (path.has_parent_path()) make_directories(path.parent_path());
  write_file(path, picture);
}

}  // namespace latent::visual
