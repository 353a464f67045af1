#include "session/sweep/worker.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <sstream>
#include <thread>

#include "core/error.h"
#include "core/log.h"
#include "core/stopwatch.h"
#include "core/system/child.h"
#include "core/system/file.h"
#include "core/system/interrupt.h"
#include "core/text/split.h"
#include "core/text/suggest.h"
#include "run/run_lock.h"
#include "session/resume_point.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr double kLook = 0.2;                             // seconds between two looks
constexpr auto kOthers = std::chrono::milliseconds(500);  // the same at others' trainings
constexpr size_t kLargestMessages = size_t{1} << 26;      // bytes

void stop_if_asked() {
  if (const int signal = interrupt_signal(); signal != 0)
    throw Interrupted("interrupted; to continue the sweep, call the same command again", signal);
}

// The reason that a command gave in its last line that begins with "error: ".
std::string last_error(const fs::path& messages, int code) {
  std::istringstream lines(read_file(messages, kLargestMessages));
  std::string found;
  const std::string start = "error: ";
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(start)) found = line.substr(start.size());
  }
  if (!found.empty()) return found;
  return code > 128 ? "ended by signal " + std::to_string(code - 128)
                    : "exit code " + std::to_string(code) + ", see " + messages.string();
}

// "loss 272.10, psnr 17.90" of an evaluation.
std::string result_text(const Json& evaluation) {
  std::vector<std::string> words;
  for (const char* name : {"loss", "psnr"}) {
    const auto found = evaluation.find(name);
    if (found != evaluation.end() && found->is_number())
      words.push_back(fmt::format("{} {:.2f}", name, found->get<double>()));
  }
  return join(words);
}

}  // namespace

void SweepWorker::work() {
  // Where a launcher started many workers, each trains by itself.
  ::setenv("LATENT_LAUNCHER", "none", /*overwrite=*/1);
  bool told = false;
  while (pass()) {
    stop_if_asked();
    if (!told) log::info("waiting for trainings that other processes do");
    told = true;
    std::this_thread::sleep_for(kOthers);
  }
  // A worker that was killed after a training's result leaves its claim: taken over, it ends here.
  if (fs::is_empty(folder_.claims())) return;
  for (const auto& run : folder_.plan().runs())
    Claim::take(folder_.claims(), run.name);
}

bool SweepWorker::pass() {
  bool others = false;
  for (const auto& run : folder_.plan().runs()) {
    stop_if_asked();
    const auto settled = [&] { return folder_.is_finished(run) || !folder_.failure(run).empty(); };
    if (settled()) continue;
    auto claim = Claim::take(folder_.claims(), run.name);
    // Its holder may have finished between the two looks.
    if (claim && !settled()) train_and_evaluate(run, *claim);
    others = others || !claim;
  }
  return others;
}

void SweepWorker::train_and_evaluate(const SweepRun& run, Claim& claim) {
  const Stopwatch watch;
  log::info("{}: training", run.name);
  Outcome outcome = train(run, claim);
  if (outcome == Outcome::kDone) outcome = evaluate(run, claim);
  if (outcome == Outcome::kLost)
    log::warn("{}: another process has taken this training over", run.name);
  if (outcome == Outcome::kFailed) log::warn("{}: failed: {}", run.name, folder_.failure(run));
  if (outcome != Outcome::kDone) return;
  const auto result = folder_.result(run);
  log::info("{}: done in {:.0f} s: {}", run.name, watch.seconds(),
            result ? result_text(*result) : "");
}

bool SweepWorker::wait_for_lock(const SweepRun& run, Claim& claim) const {
  while (!RunLock::holder(folder_.run(run)).empty()) {
    stop_if_asked();
    if (!claim.renew()) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return true;
}

SweepWorker::Outcome SweepWorker::train(const SweepRun& run, Claim& claim) const {
  const fs::path path = folder_.run(run);
  if (!wait_for_lock(run, claim)) return Outcome::kLost;
  std::vector<std::string> words{"train"};
  if (holds_run(path)) {
    words.insert(words.end(), {"--run", path.string(), "--resume"});
  } else {
    words.insert(words.end(), {folder_.base().string(), "--run", path.string()});
    for (const auto& setting : folder_.plan().settings(run))
      words.insert(words.end(), {"--set", setting});
  }
  return call(run, claim, std::move(words), "/dev/null", folder_.log(run, "train.txt"));
}

SweepWorker::Outcome SweepWorker::evaluate(const SweepRun& run, Claim& claim) const {
  std::vector<std::string> words{"evaluate", "--run", folder_.run(run).string(), "--json"};
  const auto& more = folder_.plan().evaluation;
  words.insert(words.end(), more.begin(), more.end());
  const fs::path output = folder_.log(run, "evaluate.json");
  const Outcome outcome =
      call(run, claim, std::move(words), output, folder_.log(run, "evaluate.txt"));
  if (outcome != Outcome::kDone) return outcome;
  Json json = Json::parse(read_file(output, kLargestMessages), nullptr, false);
  std::error_code ignored;
  fs::remove(output, ignored);
  if (json.is_object()) {
    folder_.write_result(run, json);
    return Outcome::kDone;
  }
  folder_.write_failure(run, "latent evaluate printed no JSON object");
  return Outcome::kFailed;
}

SweepWorker::Outcome SweepWorker::call(const SweepRun& run, Claim& claim,
                                       std::vector<std::string> words, const fs::path& output,
                                       const fs::path& messages) const {
  words.insert(words.begin(), this_program().string());
  words.insert(words.end(), flags_.begin(), flags_.end());
  ChildProcess child(words, output, messages);
  std::optional<int> code;
  while (!(code = child.wait(kLook))) {
    if (!claim.renew()) return Outcome::kLost;  // which ends the child
    if (interrupt_signal() == 0) continue;
    child.send(SIGTERM);
    while (!child.wait(kLook))
      claim.renew();
    stop_if_asked();
  }
  stop_if_asked();  // the signal may have come to the child first
  if (*code == 0) return Outcome::kDone;
  folder_.write_failure(run, last_error(messages, *code));
  return Outcome::kFailed;
}

}  // namespace latent
