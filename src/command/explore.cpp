#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "command/flags/open_run.h"
#include "command/output/animation.h"
#include "core/error.h"
#include "core/log.h"
#include "core/system/file.h"
#include "core/system/interrupt.h"
#include "core/text/split.h"
#include "explore/browser.h"
#include "explore/run_explorer.h"
#include "explore/serve.h"
#include "explore/static_export.h"
#include "format/values.h"
#include "image/picture.h"
#include "visual/grid.h"

namespace latent {
namespace {

constexpr int64_t kLargestPort = 65535, kMostIdleMinutes = 100'000;

// Writes the page as a file.
void write_static(const Arguments& arguments, explore::RunExplorer& explorer) {
  const std::filesystem::path path = arguments.text("static");
  if (path.has_parent_path()) make_directories(path.parent_path());
  const std::string html = explore::static_html(explorer);
  write_file(path, html);
  print_result(
      arguments,
      {{"run", arguments.run().string()}, {"bytes", html.size()}, {"written", {path.string()}}},
      fmt::format("{}  {:.1f} MB\n", path.string(), static_cast<double>(html.size()) / 1e6));
}

std::vector<float> read_latents(const Arguments& arguments, int64_t latents) {
  std::vector<float> values;
  for (const auto& word : split_at_commas(arguments.text("decode"))) {
    const auto value = parse_number(trimmed(word));
    if (!value || !std::isfinite(*value))
      throw UsageError("--decode: " + word + ": expected numbers, such as --decode=0.5,-1.2");
    values.push_back(static_cast<float>(*value));
  }
  if (static_cast<int64_t>(values.size()) != latents)
    throw UsageError(
        fmt::format("--decode: {} numbers; the run has {} latents", values.size(), latents));
  return values;
}

// Writes the picture of one code: what the page's "copy the command" remakes.
void write_decoded(const Arguments& arguments, const OpenedRun& run) {
  expect_images(run, "explore --decode");
  const std::filesystem::path path =
      arguments.picture(run.directory.image("explore", "decoded.png"), false);
  const std::vector<float> values = read_latents(arguments, run.model->latent_dim());
  const std::string words = arguments.has("condition") ? arguments.text("condition") : "";
  const Tensor told = words.empty() ? Tensor() : run.condition.row(words, "--condition");
  const Tensor image = run.pictures(at::tensor(values).unsqueeze(0), told)[0];
  write_picture(visual::picture(image), path);
  print_result(arguments, {{"written", {path.string()}}}, path.string() + "\n");
}

void serve_page(const Arguments& arguments, explore::RunExplorer& explorer) {
  const explore::ServeOptions options{
      .port = static_cast<int>(arguments.integer("port", 0, kLargestPort)),
      .idle_minutes = static_cast<double>(arguments.integer("idle-minutes", 0, kMostIdleMinutes))};
  const bool opens = !arguments.flag("no-open");
  catch_interrupts();
  explore::serve(explorer, options, [&](const std::string& address) {
    print_result(arguments, {{"address", address}}, address + "\n");
    std::fflush(stdout);
    if (opens && !explore::open_in_browser(address))
      log::info("no browser to open here; open the address in yours. Ctrl-C ends the server");
  });
  log::info("no request for {} minutes: ended", arguments.text("idle-minutes"));
}

}  // namespace

void declare_explore(cxxopts::Options& options) {
  declare_run(options);
  const auto text = [] { return cxxopts::value<std::string>(); };
  const auto integer = [] { return cxxopts::value<int64_t>()->default_value("0"); };
  options.add_options()("split", "split whose examples are the points: train, validation or test",
                        text()->default_value("test"), "NAME");
  options.add_options()("port", "port on 127.0.0.1; 0: any that is free", integer(), "N");
  options.add_options()("no-open", "only print the address, and open no browser");
  options.add_options()("idle-minutes", "end after M minutes without a request; 0: never",
                        integer(), "M");
  options.add_options()("static", "write the page into one file that needs no server, and end",
                        text(), "FILE.html");
  options.add_options()("decode",
                        "write the picture of these latents, such as 0.5,-1.2, and end; the page "
                        "gives this command for what it shows",
                        text(), "LIST");
  options.add_options()("condition",
                        "with --decode: what the model gets besides latents, such as label=3",
                        text(), "WORDS");
  declare_out(options,
              "with --decode: the picture to write (default: images/explore/decoded.png "
              "of the run)");
}

void run_explore(const Arguments& arguments) {
  if (arguments.has("static") && arguments.has("decode"))
    throw UsageError("--static: --decode writes a picture; expected one of the two");
  if (arguments.has("static") &&
      std::filesystem::path(arguments.text("static")).extension() != ".html")
    throw UsageError("--static " + arguments.text("static") + ": expected a .html file");
  const Split split = arguments.parsed("split", parse_split);
  const OpenedRun run = open_run(arguments);
  if (arguments.has("decode")) return write_decoded(arguments, run);
  arguments.refuse({"condition", "out"}, "for --decode; expected it too");
  explore::RunExplorer explorer(run, split, arguments.quiet());
  if (arguments.has("static")) return write_static(arguments, explorer);
  serve_page(arguments, explorer);
}

}  // namespace latent
