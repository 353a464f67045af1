#include <cstdio>
#include <nlohmann/json.hpp>

#include "command/flags/arguments.h"
#include "core/error.h"
#include "core/text/utf8.h"

namespace latent {
namespace {

bool result_printed = false;

// The result with the run that it is of in front, if the command takes one.
nlohmann::ordered_json with_run(const Arguments& arguments, const nlohmann::ordered_json& result) {
  if (!arguments.given("run") || !result.is_object() || result.contains("run") ||
      result.contains("runs"))
    return result;
  nlohmann::ordered_json all{{"run", arguments.words("run")}};
  all.update(result);
  return all;
}

}  // namespace

bool has_printed_result() { return result_printed; }

void print_result(const Arguments& arguments, const nlohmann::ordered_json& result,
                  const std::string& text) {
  if (arguments.collected() != nullptr) {
    *arguments.collected() = result;
    return;
  }
  const std::string out =
      arguments.json()
          ? with_controls_escaped(
                with_run(arguments, result)
                    .dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace)) +
                "\n"
          : without_controls(text, /*one_line=*/false);
  if (std::fwrite(out.data(), 1, out.size(), stdout) != out.size() || std::fflush(stdout) != 0) {
    throw Error("standard output: cannot be written");
  }
  result_printed = true;
}

}  // namespace latent
