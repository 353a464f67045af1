#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "command/flags/open_run.h"
#include "command/flags/parse.h"
#include "command/plot/loss_curves.h"
#include "command/plot/plots.h"
#include "command/registry.h"
#include "core/error.h"
#include "core/log.h"
#include "core/system/file.h"
#include "core/text/html.h"
#include "core/text/shell.h"
#include "core/text/suggest.h"
#include "run/metrics.h"
#include "session/opened_run.h"
#include "visual/chart.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// What figures depend on.
struct BookRun {
  const OpenedRun& run;
  int64_t latents = 0;
  bool images = false, classes = false;
  size_t epochs = 0;
  std::string yes_no = {};  // an attribute that images have or not, or ""

  const Bottleneck& bottleneck() const { return run.model->bottleneck(); }
  bool normal_prior() const {
    const Prior* prior = bottleneck().prior();
    return prior != nullptr && prior->is_standard_normal();
  }
};

/// A figure: the words of the command that draws it, without --run and --out.
struct BookFigure {
  std::string file, title;
  std::vector<std::string> words;
  bool (*suits)(const BookRun&);
};

bool always(const BookRun&) { return true; }
bool of_images(const BookRun& book) { return book.images; }
bool of_planes(const BookRun& book) { return book.latents >= 2; }
bool of_codes(const BookRun& book) {
  return book.images && book.bottleneck().codebook() != nullptr;
}
bool of_units(const BookRun& book) {
  return !book.bottleneck().has_posterior() && book.bottleneck().codebook() == nullptr;
}
bool of_two_latents(const BookRun& book) { return book.images && book.latents == 2; }

// In the order of the chapter.
std::vector<BookFigure> figures(const BookRun& book) {
  return {
      {"reconstructions.png", "Images and their reconstructions", {"reconstruct"}, always},
      {"scatter.png", "Latent space", {"plot", "latents", "--attribute", "none"}, of_planes},
      {"scatter-coloured.png",
       "Latent space, coloured",
       {"plot", "latents"},
       [](const BookRun& run) { return of_planes(run) && run.classes; }},
      {"samples-over-scatter.png",
       "Samples among the latents",
       {"plot", "samples"},
       [](const BookRun& run) { return of_planes(run) && run.images; }},
      {"grid.png", "The decoded latent space", {"plot", "latents", "--grid", "15"}, of_two_latents},
      {"grid-cdf.png",
       "The decoded latent space after the normal CDF",
       {"plot", "latents", "--cdf", "--grid", "15"},
       [](const BookRun& run) { return of_two_latents(run) && run.normal_prior(); }},
      {"manifold.png", "Manifold", {"sample", "--sampler", "manifold"}, of_two_latents},
      {"histograms.png", "Distributions of the latents", {"plot", "histograms"}, always},
      {"samples.png", "New images", {"sample", "--count", "30", "--columns", "10"}, always},
      {"arithmetic.png",
       "An attribute by latent arithmetic",
       {"arithmetic", "--attribute", book.yes_no},
       [](const BookRun& run) { return run.images && !run.yes_no.empty(); }},
      {"morph.png", "Morph, a strip", {"interpolate", "--indices", "0,1"}, of_images},
      {"morph.gif",
       "Morph, an animation",
       {"interpolate", "--indices", "0,1", "--ping-pong"},
       of_images},
      {"traversal.png",
       "Traversal of the latents",
       {"traverse"},
       [](const BookRun& run) { return run.images && !of_codes(run); }},
      {"codes.png", "Codes and how often they are used", {"plot", "codes"}, of_codes},
      {"losses.png",
       "Losses by term",
       {"plot", "losses", "--term", "all"},
       [](const BookRun& run) { return run.epochs >= 2; }},
      {"denoised.png",
       "Noisy, denoised and clean images",
       {"denoise"},
       [](const BookRun& run) { return run.run.corruption.noisy(); }},
      {"upscaled.png",
       "Enlarged images",
       {"upscale"},
       [](const BookRun& run) {
         return run.run.model->input_shape() != run.run.model->output_shape();
       }},
      {"pca.png", "Principal components beside the autoencoder", {"compare-pca"}, of_planes},
      {"dictionary.png",
       "What each unit draws",
       {"plot", "dictionary"},
       [](const BookRun& run) { return run.images && of_units(run); }},
      {"activations.png", "Activations of the units", {"plot", "activations"}, of_units},
  };
}

BookRun describe_run(const OpenedRun& run) {
  BookRun book{.run = run, .latents = run.model->latent_dim()};
  book.images = !run.experiment.data.is_table();
  std::string why_not;
  if (const auto examples = run.load_if_there(Split::kTest, why_not)) {
    book.classes = !examples->attributes.empty();
    for (const auto& attribute : examples->attributes) {
      if (attribute.kind() == AttributeKind::kYesNo &&
          (book.yes_no.empty() || attribute.name == "Smiling"))
        book.yes_no = attribute.name;
    }
  }
  std::error_code ignored;
  if (fs::exists(run.directory.metrics(), ignored))
    book.epochs = read_metrics(run.directory.metrics()).rows.size();
  return book;
}

// Runs a command and returns its result.
Json run_command(const std::vector<std::string>& words) {
  const CommandRow& row = commands().find(words.front(), "latent plot book");
  cxxopts::Options options = declare_command(row);
  std::vector<const char*> argv;
  for (const auto& word : words)
    argv.push_back(word.c_str());
  Arguments arguments = parse_command_line(options, static_cast<int>(argv.size()), argv.data());
  Json result;
  arguments.collect(result);
  row.run(arguments);
  return result;
}

std::string page(const std::string& run, const Json& made) {
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>" +
      html_text(run) +
      "</title>\n<style>body { font-family: sans-serif; max-width: 80em; margin: 2em auto; "
      "padding: "
      "0 1em } img { max-width: 100%; image-rendering: auto } code { background: #eee; padding: "
      "0.2em }</style>\n</head>\n<body>\n<h1>" +
      html_text(run) + "</h1>\n";
  for (const auto& figure : made) {
    const std::string file = html_text(figure["file"].get<std::string>());
    html += "<h2>" + html_text(figure["title"].get<std::string>()) + "</h2>\n<p><code>" +
            html_text(figure["command"].get<std::string>()) + "</code></p>\n<p><a href=\"" + file +
            "\"><img src=\"" + file + "\" alt=\"" + html_text(figure["title"].get<std::string>()) +
            "\"></a></p>\n";
  }
  return html + "</body>\n</html>\n";
}

std::vector<std::string> words_of_figure(const Arguments& arguments, const BookFigure& figure,
                                         const std::string& out) {
  std::vector<std::string> words = figure.words;
  const bool of_metrics = words[0] == "plot" && words[1] == "losses";
  if (arguments.has("checkpoint") && !of_metrics)
    words.insert(words.end(), {"--checkpoint", arguments.text("checkpoint")});
  const bool moving = out.ends_with(".gif");  // as large as a slide it would be slow and heavy
  for (const std::string flag : {"width", "height"}) {
    if (arguments.has(flag) && !moving)
      words.insert(words.end(), {fmt::format("--{}", flag), arguments.words(flag)});
  }
  words.insert(words.end(), {"--run", arguments.run().string(), "--out", out});
  return words;
}

}  // namespace

nlohmann::ordered_json plot_book(const Arguments& arguments) {
  const OpenedRun run = open_run(arguments);
  const fs::path folder =
      arguments.folder(run.directory.image("book", "x").parent_path(), "the book is a folder");
  const BookRun book = describe_run(run);
  const bool charts = visual::can_chart();
  if (!charts) log::warn("gnuplot is not on the PATH; install gnuplot-nox for the charts");
  Json made = Json::array(), left_out = Json::array(), written = Json::array();
  for (const auto& figure : figures(book)) {
    if (!figure.suits(book)) continue;
    const std::string out = (folder / figure.file).string();
    auto words = words_of_figure(arguments, figure, out);
    std::vector<std::string> typed = words;
    typed.insert(typed.begin(), "latent");
    words.insert(words.end(), {"--device", arguments.text("device"), "--quiet"});
    try {
      run_command(words);
    } catch (const Error& problem) {
      log::warn("{}: {}", figure.file, problem.what());
      left_out.push_back({{"file", figure.file}, {"reason", problem.what()}});
      continue;
    }
    made.push_back(
        {{"file", figure.file}, {"title", figure.title}, {"command", shell_command(typed)}});
    written.push_back(out);
  }
  const auto index = folder / "index.html";
  make_directories(folder);
  write_file(index, page(run_names({arguments.run().string()}).front(), made));
  written.insert(written.begin(), index.string());
  return {{"figures", made}, {"left_out", left_out}, {"written", written}};
}

}  // namespace latent
