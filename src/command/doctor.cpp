#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "analysis/checkup/checkup.h"
#include "command/flags/arguments.h"
#include "command/flags/open_run.h"
#include "core/error.h"
#include "core/system/out_of_memory.h"
#include "core/text/suggest.h"
#include "run/run_lock.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;
using Kind = Finding::Kind;

// A failure to look at the model, mostly for lack of memory, which is no fault of the run.
Finding not_checked(const std::exception& failure) {
  return {Kind::kWarning, "model", "not checked: " + reason_of(failure),
          out_of_memory(failure).empty() ? "" : "free memory"};
}

// Checks the model with the validation images. If that is not possible, the reason is a finding.
Findings examine_model(const Arguments& arguments) {
  std::optional<OpenedRun> run;
  try {
    run.emplace(open_run(arguments));
  } catch (const UsageError&) {
    throw;
  } catch (const Error& failure) {
    const bool busy = !RunLock::holder(arguments.run()).empty();  // it may just have started over
    return {{busy ? Kind::kWarning : Kind::kProblem, "model", failure.what(), ""}};
  } catch (const std::exception& failure) {
    return {not_checked(failure)};
  }
  try {
    const Examples examples = run->load(Split::kValidation);
    check_values(examples, run->objective->likelihood());
    return check_model(model_facts(*run, examples), run->config);
  } catch (const Error& failure) {
    return {{Kind::kWarning, "model", std::string("not checked: ") + failure.what(),
             "make the run's data available"}};
  } catch (const std::exception& failure) {
    return {not_checked(failure)};
  }
}

Json to_json(const std::string& run, const Findings& findings, int64_t problems) {
  Json json{{"run", run}, {"healthy", problems == 0}, {"problems", problems}};
  json["findings"] = Json::array();
  for (const auto& [kind, where, what, remedy] : findings) {
    json["findings"].push_back(
        {{"kind", to_string(kind)}, {"where", where}, {"what", what}, {"remedy", remedy}});
  }
  return json;
}

std::string to_text(const Findings& findings) {
  std::string text;
  for (const auto& [kind, where, what, remedy] : findings) {
    text += fmt::format("{:<8} {}: {}{}{}\n", to_string(kind), where, what,
                        remedy.empty() ? "" : "; ", remedy);
  }
  return text;
}

}  // namespace

void declare_doctor(cxxopts::Options& options) { declare_run(options); }

void run_doctor(const Arguments& arguments) {
  const auto folder = arguments.run();
  Findings findings = check_files(folder);
  const auto is_problem = [](const Finding& finding) { return finding.kind == Kind::kProblem; };
  // Without a run or a checkpoint there is no model to check.
  const bool opened = std::none_of(findings.begin(), findings.end(), [&](const Finding& finding) {
    return finding.kind != Kind::kGood &&
           (finding.where == "run" || finding.where == "checkpoints");
  });
  if (opened) {
    for (auto& finding : examine_model(arguments))
      findings.push_back(std::move(finding));
  }
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& a, const Finding& b) { return a.kind > b.kind; });
  const auto problems = std::count_if(findings.begin(), findings.end(), is_problem);
  print_result(arguments, to_json(folder.string(), findings, problems), to_text(findings));
  if (problems > 0) {
    throw Error(folder.string() + ": " + counted(problems, "problem") + "; see the findings above");
  }
}

}  // namespace latent
