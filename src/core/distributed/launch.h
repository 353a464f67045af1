// How this process was started: alone, or as one of several that train one model together.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace latent {

/// Returns the value of an environment variable; nothing if it is unset or empty.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// The environment of this process.
std::optional<std::string> process_environment(const std::string& name);

/// A place among the processes of one training.
struct Launch {
  std::string launcher;     // "", "torchrun", "RANK and WORLD_SIZE", "Open MPI", "MPICH" or "Slurm"
  int64_t rank = 0;         // from 0
  int64_t size = 1;         // processes
  int64_t local_rank = -1;  // among those of this machine; -1: not told
  std::string address;      // of rank 0: a host's name or an IP address; "" for one process
  int64_t port = 0;         // on which rank 0 listens
  std::string job = "";     // tells the processes of one job from those of another
  bool agent_listens = false;  // torchrun's agent listens at that address, not rank 0

  bool is_alone() const { return size == 1; }
};

/// Reads the variables that torchrun, Open MPI, MPICH (Hydra) and Slurm's srun set, or RANK,
/// WORLD_SIZE, MASTER_ADDR and MASTER_PORT set by hand. MASTER_ADDR and MASTER_PORT, if they are
/// set, go before what a launcher says. LATENT_LAUNCHER=none ignores all of them.
///
/// Throws Error with one line that names the variables if some are missing, are no numbers, or
/// contradict each other.
Launch read_launch(const Environment& environment);

/// Returns the first host of a list as Slurm writes it: "node07" for "node[07-09,12],login1".
std::string first_host(const std::string& list);

}  // namespace latent
