#include "config/config.h"

#include <unistd.h>

#include "command/flags/arguments.h"
#include "core/error.h"
#include "core/terminal.h"
#include "report/config_entries.h"
#include "session/experiment.h"

namespace latent {

void declare_config(cxxopts::Options& options) {
  options.positional_help("CONFIG.json");
  options.parse_positional("config");
  options.add_options("input")("config", "config to print", cxxopts::value<std::string>(), "FILE");
  declare_settings(options);
}

void run_config(const Arguments& arguments) {
  Config config = Config::load(arguments.config("config"), arguments.settings());
  read_experiment(config);
  print_result(arguments, config.resolved(),
               entries_text(config.entries(), true, {.width = terminal_columns(STDOUT_FILENO)}));
}

}  // namespace latent
