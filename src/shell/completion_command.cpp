#include <filesystem>
#include <nlohmann/json.hpp>

#include "command/flags/arguments.h"
#include "core/error.h"
#include "core/system/file.h"
#include "core/text/suggest.h"
#include "shell/completion.h"
#include "shell/manual.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

struct ShellRow {
  std::string name;
  std::string (*script)(const shell::CompletionSource&);
  const char* file;  // below a share/ folder, where the shell looks for it
};

const std::vector<ShellRow>& shells() {
  static const std::vector<ShellRow> rows{
      {"bash", shell::bash_completion, "bash-completion/completions/latent"},
      {"zsh", shell::zsh_completion, "zsh/site-functions/_latent"},
      {"fish", shell::fish_completion, "fish/vendor_completions.d/latent.fish"},
  };
  return rows;
}

// Writes everything that an installation puts into share/.
std::vector<std::string> write_all(const fs::path& share) {
  const shell::CompletionSource source = shell::completion_source();
  std::vector<std::string> written;
  const auto write = [&](const fs::path& file, const std::string& text) {
    make_directories(file.parent_path());
    write_file(file, text);
    written.push_back(file.string());
  };
  for (const auto& row : shells())
    write(share / row.file, row.script(source));
  write(share / "man/man1/latent.1", shell::overview_page(source.commands));
  for (const auto& command : source.commands)
    write(share / ("man/man1/latent-" + command.name + ".1"), shell::manual_page(command));
  return written;
}

}  // namespace

void declare_completion(cxxopts::Options& options) {
  options.positional_help("bash|zsh|fish|all");
  options.show_positional_help();
  options.parse_positional("shell");
  options.add_options("input")("shell",
                               "print the script for this shell:\nbash: to be sourced by ~/.bashrc"
                               "\nzsh: to be written to _latent in a folder of $fpath"
                               "\nfish: to be written to latent.fish in ~/.config/fish/completions"
                               "\nall: with --out, write all scripts and the manual pages",
                               cxxopts::value<std::string>(), "SHELL");
  declare_out(options, "all: the folder to write to, such as /usr/local/share");
}

void run_completion(const Arguments& arguments) {
  const std::string name = arguments.has("shell") ? arguments.text("shell") : "";
  if (name == "all") {
    if (!arguments.has("out"))
      throw UsageError(
          "latent completion all: no --out; expected --out DIR, such as ~/.local/share");
    const auto written = write_all(arguments.text("out"));
    return print_result(arguments, {{"written", written}},
                        counted(static_cast<int64_t>(written.size()), "file") + " in " +
                            arguments.text("out") + "\n");
  }
  for (const auto& row : shells()) {
    if (row.name != name) continue;
    const std::string script = row.script(shell::completion_source());
    return print_result(arguments, {{"shell", name}, {"script", script}}, script);
  }
  throw UsageError((name.empty() ? "latent completion: no shell" : "latent completion " + name) +
                   "; expected bash, zsh, fish or all");
}

}  // namespace latent
