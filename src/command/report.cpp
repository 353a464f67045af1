#include <nlohmann/json.hpp>

#include "command/flags/arguments.h"
#include "core/error.h"
#include "core/system/interrupt.h"
#include "report/run_report.h"

namespace latent {

void declare_report(cxxopts::Options& options) {
  options.add_options("input")("run", "folder of the run",
                               cxxopts::value<std::vector<std::string>>(), "DIR")(
      "sweep", "folder of a sweep, instead of --run", cxxopts::value<std::string>(), "DIR");
  declare_out(options, "page to write, .html (default: report.html in the run or the sweep)");
}

void run_report(const Arguments& arguments) {
  const bool sweep = arguments.has("sweep");
  if (sweep == arguments.has("run"))
    throw UsageError("latent report: expected --run DIR or --sweep DIR, one of them");
  ReportRequest request{
      .run = sweep ? std::filesystem::path(arguments.text("sweep")) : arguments.run(),
      .out = {},
      .device = arguments.text("device"),
      .threads = std::to_string(arguments.integer("threads", 0, 4096)),
      .quiet = arguments.quiet()};
  request.out = arguments.has("out") ? std::filesystem::path(arguments.text("out"))
                                     : request.run / "report.html";
  if (request.out.extension() != ".html")
    throw UsageError("--out " + request.out.string() + ": expected a .html file");
  catch_interrupts();
  (sweep ? write_sweep_report : write_run_report)(request);
  print_result(
      arguments,
      {{sweep ? "sweep" : "run", request.run.string()}, {"written", {request.out.string()}}},
      request.out.string() + "\n");
}

}  // namespace latent
