#include "core/distributed/launch.h"

#include <spdlog/fmt/fmt.h>

#include <cstdlib>

#include "core/error.h"
#include "core/sha256.h"

namespace latent {
namespace {

constexpr int64_t kMostProcesses = 1'000'000;
constexpr int64_t kUsualPort = 29500;
// Where the ports of jobs lie: below those that Linux gives to outgoing connections.
constexpr int64_t kFirstPort = 15000, kPorts = 15000;

constexpr const char* kAlone =
    "; set LATENT_LAUNCHER=none to train in one process whatever the launcher says";

/// The names of a launcher's variables; "" where it has none.
struct Names {
  const char* launcher;
  const char* rank;
  const char* size;
  const char* local_rank;
  const char* job;
};

constexpr Names kByHand{"RANK and WORLD_SIZE", "RANK", "WORLD_SIZE", "LOCAL_RANK",
                        "TORCHELASTIC_RUN_ID"};
constexpr Names kOpenMpi{"Open MPI", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE",
                         "OMPI_COMM_WORLD_LOCAL_RANK", "PMIX_NAMESPACE"};
constexpr Names kMpich{"MPICH", "PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID", ""};
constexpr Names kSlurm{"Slurm", "SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID", "SLURM_JOB_ID"};

std::string variable(const Environment& environment, const std::string& name) {
  return name.empty() ? "" : environment(name).value_or("");
}

// Throws Error unless it is a whole number from `low` to `high`.
int64_t whole_variable(const std::string& name, const std::string& value, int64_t low,
                       int64_t high) {
  const bool digits = !value.empty() && value.size() <= 9 &&
                      value.find_first_not_of("0123456789") == std::string::npos;
  const int64_t read = digits ? std::stoll(value) : -1;
  if (digits && read >= low && read <= high) return read;
  throw Error(
      fmt::format("{}: got \"{}\"; expected a number from {} to {}", name, value, low, high));
}

// Reads rank, size and local rank. Throws Error if one of the first two is missing.
Launch place_of(const Environment& environment, const Names& names) {
  const std::string rank = variable(environment, names.rank),
                    size = variable(environment, names.size);
  if (rank.empty() != size.empty()) {
    const bool no_rank = rank.empty();
    throw Error(fmt::format("{} is set but {} is not; expected both or neither{}",
                            no_rank ? names.size : names.rank, no_rank ? names.rank : names.size,
                            kAlone));
  }
  Launch launch;
  launch.launcher = names.launcher;
  launch.size = whole_variable(names.size, size, 1, kMostProcesses);
  launch.rank = whole_variable(names.rank, rank, 0, kMostProcesses);
  if (launch.rank >= launch.size) {
    throw Error(fmt::format("{}: got {}, but {} is {}; expected a rank from 0 to {}", names.rank,
                            rank, names.size, size, launch.size - 1));
  }
  const std::string local = variable(environment, names.local_rank);
  if (!local.empty())
    launch.local_rank = whole_variable(names.local_rank, local, 0, launch.size - 1);
  launch.job = variable(environment, names.job);
  return launch;
}

// A port that other jobs on the same machine hardly have.
int64_t port_of(const std::string& job) {
  if (job.empty()) return kUsualPort;
  Sha256 hash;
  hash.add(job);
  return kFirstPort + std::strtoll(hash.hex().substr(0, 8).c_str(), nullptr, 16) % kPorts;
}

// Fills in address and port. usual: the address if MASTER_ADDR is not set; "" if there is none.
void find_leader(const Environment& environment, Launch& launch, const std::string& usual,
                 const std::string& remedy) {
  launch.address = variable(environment, "MASTER_ADDR");
  if (launch.address.empty()) launch.address = usual;
  if (launch.address.empty()) {
    throw Error(
        fmt::format("MASTER_ADDR is not set, and {} does not tell where rank 0 of {} is; {}",
                    launch.launcher, launch.size, remedy));
  }
  const std::string port = variable(environment, "MASTER_PORT");
  launch.port = port.empty() ? port_of(launch.job) : whole_variable("MASTER_PORT", port, 1, 65535);
}

void add_part(std::string& job, const char* separator, const std::string& part) {
  job += separator;
  job += part;
}

Launch by_hand(const Environment& environment) {
  Launch launch = place_of(environment, kByHand);
  const bool torchrun = !launch.job.empty();
  if (torchrun) launch.launcher = "torchrun";
  if (launch.is_alone()) return launch;
  if (variable(environment, "MASTER_ADDR").empty() ||
      variable(environment, "MASTER_PORT").empty()) {
    throw Error(fmt::format(
        "WORLD_SIZE is {}, but {} is not set; expected the host of rank 0 in MASTER_ADDR and a "
        "free port of it in MASTER_PORT{}",
        launch.size, variable(environment, "MASTER_ADDR").empty() ? "MASTER_ADDR" : "MASTER_PORT",
        kAlone));
  }
  find_leader(environment, launch, "", "");
  launch.agent_listens = variable(environment, "TORCHELASTIC_USE_AGENT_STORE") == "True";
  // A restart after a failure must not read what the failed attempt has left in the agent's store.
  add_part(launch.job, "/", variable(environment, "TORCHELASTIC_RESTART_COUNT"));
  return launch;
}

// If all processes are on this machine, its loopback address will do.
Launch by_mpi(const Environment& environment, const Names& names, const char* local_size) {
  Launch launch = place_of(environment, names);
  if (launch.is_alone()) return launch;
  const std::string here = variable(environment, local_size);
  const bool one_machine = here == std::to_string(launch.size);
  find_leader(environment, launch, one_machine ? "127.0.0.1" : "",
              "expected the host of rank 0: mpirun -x MASTER_ADDR=HOST (MPICH: -genv MASTER_ADDR "
              "HOST)");
  return launch;
}

// A batch script has SLURM_PROCID too, but is not a task that srun started.
bool is_slurm_task(const Environment& environment) {
  if (variable(environment, "SLURM_PROCID").empty()) return false;
  const bool step = !variable(environment, "SLURM_STEP_ID").empty() ||
                    !variable(environment, "SLURM_STEPID").empty();
  return step || variable(environment, "SLURM_JOB_ID").empty();
}

Launch by_slurm(const Environment& environment) {
  const auto of_step = [&](const std::string& name) -> std::optional<std::string> {
    // A step may have fewer tasks than its job.
    if (name == "SLURM_NTASKS") {
      if (auto tasks = environment("SLURM_STEP_NUM_TASKS")) return tasks;
    }
    return environment(name);
  };
  Launch launch = place_of(of_step, kSlurm);
  if (launch.is_alone()) return launch;
  if (const std::string step = variable(environment, "SLURM_STEP_ID"); !step.empty())
    add_part(launch.job, ".", step);
  if (const std::string restarts = variable(environment, "SLURM_RESTART_COUNT"); !restarts.empty())
    add_part(launch.job, "/", restarts);
  std::string hosts = variable(environment, "SLURM_STEP_NODELIST");
  if (hosts.empty()) hosts = variable(environment, "SLURM_JOB_NODELIST");
  find_leader(environment, launch, first_host(hosts),
              "expected SLURM_JOB_NODELIST, as srun sets it, or the host of rank 0 in MASTER_ADDR");
  return launch;
}

}  // namespace

std::optional<std::string> process_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

std::string first_host(const std::string& list) {
  const size_t bracket = list.find('['), comma = list.find(',');
  if (bracket == std::string::npos || comma < bracket) return list.substr(0, comma);
  const size_t end = list.find_first_of("-,]", bracket);
  if (end == std::string::npos) return "";
  const size_t close = list.find(']', bracket);
  if (close == std::string::npos) return "";
  // What follows the bracket belongs to the name: "rack[1-2]n[3,5]" begins with "rack1n3".
  const std::string rest = list.substr(close + 1);
  const size_t stop = rest.find_first_of(",");
  const size_t next = rest.find('[');
  const std::string tail =
      next != std::string::npos && next < stop ? first_host(rest) : rest.substr(0, stop);
  return list.substr(0, bracket) + list.substr(bracket + 1, end - bracket - 1) + tail;
}

Launch read_launch(const Environment& environment) {
  const std::string wanted = variable(environment, "LATENT_LAUNCHER");
  if (wanted == "none") return {};
  if (!wanted.empty())
    throw Error(
        fmt::format("LATENT_LAUNCHER: got \"{}\"; expected none, or that it is not set", wanted));
  const auto any = [&](const Names& names) {
    return !variable(environment, names.rank).empty() || !variable(environment, names.size).empty();
  };
  // mpirun inside a Slurm job: Slurm's variables are those of mpirun's helpers.
  if (any(kByHand)) return by_hand(environment);
  if (any(kOpenMpi)) return by_mpi(environment, kOpenMpi, "OMPI_COMM_WORLD_LOCAL_SIZE");
  if (any(kMpich)) return by_mpi(environment, kMpich, "MPI_LOCALNRANKS");
  if (is_slurm_task(environment)) return by_slurm(environment);
  return {};
}

}  // namespace latent
