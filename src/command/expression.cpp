#include "command/expression.h"
#include "command/flags/inputs.h"
#include "command/flags/look.h"
#include "command/flags/open_run.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "command/output/animation.h"
#include "core/error.h"
#include "core/log.h"
#include "core/text/split.h"
#include "core/text/suggest.h"
#include "data/selection/example_list.h"
#include "space/expression.h"
#include "visual/grid.h"

namespace latent {
namespace {

/// What a letter stands for: the latents of an image, or the mean of several.
struct Operand {
  Tensor z;             // [1, Z]
  Tensor condition;     // [1, K], or undefined
  std::string caption;  // "face.png", "mean of 3"
};
using Operands = std::map<std::string, Operand>;

constexpr size_t kMaxUnused = 3;  // named in a message

// "a.png, b.png and 3 more"
std::string shortened(std::vector<std::string> names) {
  const size_t more = names.size() - std::min(names.size(), kMaxUnused);
  names.resize(names.size() - more);
  return join(names) + (more > 0 ? fmt::format(" and {} more", more) : "");
}

Operand as_operand(const OpenedRun& run, const ExampleBatch& inputs) {
  const size_t count = inputs.names.size();
  const Latent latent = run.encode(inputs);
  return {.z = latent.code.mean(0, true),
          .condition = latent.condition.defined() ? latent.condition.mean(0, true) : Tensor(),
          .caption = count == 1 ? inputs.names.front() : fmt::format("mean of {}", count)};
}

// "A=3,17" are images of the split, "A=face.png,faces" files and folders.
void read_let(const std::string& text, const Arguments& arguments, const OpenedRun& run,
              Operands& operands) {
  if (text.size() < 3 || text[1] != '=' || std::isalpha(static_cast<unsigned char>(text[0])) == 0) {
    throw UsageError("--let " + text +
                     ": expected a letter and its images, such as A=3,17 or A=face.png");
  }
  const std::string letter = text.substr(0, 1), value = text.substr(2);
  if (operands.contains(letter))
    throw UsageError("--let " + text + ": " + letter + " is given twice");
  if (const auto file = list_file(value)) {
    operands[letter] =
        as_operand(run, read_list(*file, arguments.parsed("split", parse_split), run));
    return;
  }
  if (value.find_first_not_of("0123456789,-") == std::string::npos) {
    const auto indices = parse_indices(value, "let");
    operands[letter] =
        as_operand(run, read_split("--let", arguments.parsed("split", parse_split), indices, run));
    return;
  }
  std::vector<std::string> files;
  if (std::error_code ignored; std::filesystem::exists(value, ignored)) {
    files.push_back(value);
  } else {
    files = split_at_commas(value);
  }
  operands[letter] = as_operand(run, read_files(files, run, file_reading(arguments, run)));
}

bool uses(const std::vector<space::Term>& terms, const std::string& letter) {
  return std::any_of(terms.begin(), terms.end(),
                     [&](const space::Term& term) { return term.name == letter; });
}

// An image that is not in the sum is most likely a mistake in it.
void refuse_unused_letters(const Arguments& arguments, const std::vector<space::Term>& terms) {
  for (const auto& text : arguments.texts("let")) {
    const std::string letter = text.substr(0, 1);
    if (!text.substr(letter.size()).starts_with("=")) continue;  // read_let complains about it
    if (uses(terms, letter)) continue;
    throw UsageError(fmt::format("--let {}: --expression \"{}\" has no {}; expected its letters",
                                 text, arguments.text("expression"), letter));
  }
}

// Without --let, the files or indices are A, B, C, ... in order.
void read_in_order(const Arguments& arguments, const OpenedRun& run,
                   const std::vector<space::Term>& terms, Operands& operands) {
  const ExampleBatch inputs = read_inputs(arguments, run);
  const ExampleBatches each = in_batches(inputs);
  std::vector<std::string> unused;
  for (size_t i = 0; i < inputs.names.size(); ++i) {
    const std::string letter = i < 26 ? std::string(1, static_cast<char>('A' + i)) : "";
    if (uses(terms, letter)) {
      ExampleBatch one = each.read(static_cast<int64_t>(i), 1);
      one.names = {inputs.names[i]};
      operands[letter] = as_operand(run, one);
    } else {
      unused.push_back(inputs.names[i] + (letter.empty() ? "" : " (" + letter + ")"));
    }
  }
  if (unused.empty()) return;
  log::warn("--expression \"{}\": does not use {}: {}", arguments.text("expression"),
            counted(static_cast<int64_t>(unused.size()), "image"), shortened(unused));
}

Operands read_operands(const Arguments& arguments, const OpenedRun& run,
                       const std::vector<space::Term>& terms) {
  Operands operands;
  for (const auto& text : arguments.texts("let"))
    read_let(text, arguments, run, operands);
  if (operands.empty() && (arguments.has("files") || arguments.has("indices")))
    read_in_order(arguments, run, terms, operands);
  for (const auto& term : terms) {
    if (operands.contains(term.name)) continue;
    throw Error(fmt::format(
        "--expression \"{}\": no image for {}; expected --let {}=3,17 or --let {}=face.png, or "
        "files or --indices for A, B, C in their order",
        arguments.text("expression"), term.name, term.name, term.name));
  }
  return operands;
}

}  // namespace

void declare_expression(cxxopts::Options& options) {
  options.add_options()(
      "expression",
      "add and subtract images, such as \"A - B + C\" or \"A + 0.5*B\"; the letters are defined by "
      "--let, else A, B, C are the FILES or --indices in order",
      cxxopts::value<std::string>(), "SUM");
  options.add_options()(
      "let", "images of a letter, such as A=3,17 or A=face.png; several are averaged (repeatable)",
      cxxopts::value<std::vector<std::string>>(), "A=IMAGES");
}

void run_expression(const Arguments& arguments) {
  arguments.refuse({"method", "strength", "orthogonal-to", "tensors"},
                   "for --attribute; --expression does not use it");
  arguments.refuse({"gif", "frames", "fps", "ping-pong", "loop"},
                   "for animations; --expression makes none");
  if (arguments.has("let")) {
    arguments.refuse({"files", "indices", "count"},
                     "--let already says which images the letters are; expected one of the two");
  }
  const auto terms = arguments.parsed<Error>("expression", space::parse_expression);
  refuse_unused_letters(arguments, terms);
  const OpenedRun run = open_run(arguments);
  expect_images(run, "arithmetic");
  std::string stem = "expression";
  for (const auto& term : terms)
    stem += (term.factor < 0 ? "-minus-" : "-") + term.name;
  const OutputPaths paths = output_paths(arguments, run.directory.image("arithmetic", stem), false);
  if (paths.animated())
    throw UsageError("--expression: makes no animation; expected --out with a folder or a .png");
  const Operands operands = read_operands(arguments, run, terms);

  // The result's condition is the same sum as its latents.
  std::vector<Tensor> shown, conditions;
  std::vector<std::string> captions;
  Tensor sum = at::zeros({1, run.model->latent_dim()});
  Tensor condition = at::zeros({1, run.model->condition_size()});
  for (const auto& term : terms) {
    const Operand& operand = operands.at(term.name);
    sum = sum + term.factor * operand.z;
    shown.push_back(operand.z);
    conditions.push_back(operand.condition.defined() ? operand.condition
                                                     : at::zeros_like(condition));
    condition = condition + term.factor * conditions.back();
    captions.push_back(term.text + ": " + operand.caption);
  }
  shown.push_back(sum);
  conditions.push_back(condition);
  captions.push_back("= result");
  const Tensor images = run.pictures(at::cat(shown), at::cat(conditions));
  visual::GridOptions options = visual::grid_options(read_look(arguments, Draws::kPictures));
  if (options.columns == 0) options.columns = images.size(0);
  options.cell_captions = captions;
  const auto written = write_pictures(arguments, paths, visual::grid(images, options), {});
  print_result(
      arguments,
      {{"expression", arguments.text("expression")}, {"terms", captions}, {"written", written}},
      join(captions, "   ") + "\n" + join(written, "\n") + "\n");
}

}  // namespace latent
