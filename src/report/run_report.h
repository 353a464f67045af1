// The report about a run: one HTML file.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace latent {

struct ReportRequest {
  std::filesystem::path run;  // or a sweep
  std::filesystem::path out;
  std::string device = "auto";
  std::string threads = "0";
  bool quiet = false;
};

/// Measures the run on its test split, draws its pictures with the other commands, each in a
/// process of its own, into images/report/ of the run, and writes the page. A part that cannot be
/// made is replaced by the reason. Throws Error if the run cannot be opened or `out` not be
/// written.
void write_run_report(const ReportRequest& request);

/// Writes the page about a sweep: its plan, its table, charts of its figures, what failed.
void write_sweep_report(const ReportRequest& request);

}  // namespace latent
