#include "core/distributed/launch.h"

#include <map>

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

using Variables = std::map<std::string, std::string>;

Launch launch_of(const Variables& variables) {
  return read_launch([&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end() || found->second.empty()) return std::nullopt;
    return found->second;
  });
}

std::string refusal(const Variables& variables) {
  return error_of([&] { launch_of(variables); });
}

Variables with(Variables variables, const Variables& change) {
  for (const auto& [name, value] : change)
    variables[name] = value;
  return variables;
}

const Variables kTorchrun{{"RANK", "3"},
                          {"WORLD_SIZE", "4"},
                          {"LOCAL_RANK", "1"},
                          {"MASTER_ADDR", "node1"},
                          {"MASTER_PORT", "29400"},
                          {"TORCHELASTIC_RUN_ID", "none"},
                          {"TORCHELASTIC_RESTART_COUNT", "2"},
                          {"TORCHELASTIC_USE_AGENT_STORE", "True"}};
const Variables kMpirun{{"OMPI_COMM_WORLD_RANK", "1"},
                        {"OMPI_COMM_WORLD_SIZE", "2"},
                        {"OMPI_COMM_WORLD_LOCAL_RANK", "1"},
                        {"OMPI_COMM_WORLD_LOCAL_SIZE", "2"},
                        {"PMIX_NAMESPACE", "4711"}};
const Variables kSrun{{"SLURM_JOB_ID", "99"}, {"SLURM_STEP_ID", "0"},
                      {"SLURM_PROCID", "5"},  {"SLURM_NTASKS", "8"},
                      {"SLURM_LOCALID", "1"}, {"SLURM_JOB_NODELIST", "node[07-09,12]"}};

TEST(Launch, WithoutVariablesOneProcessIsAlone) {
  const Launch launch = launch_of({});
  EXPECT_TRUE(launch.is_alone());
  EXPECT_EQ(launch.launcher, "");
}

TEST(Launch, Torchrun) {
  const Launch launch = launch_of(kTorchrun);
  EXPECT_EQ(launch.launcher, "torchrun");
  EXPECT_EQ(launch.rank, 3);
  EXPECT_EQ(launch.size, 4);
  EXPECT_EQ(launch.local_rank, 1);
  EXPECT_EQ(launch.address, "node1");
  EXPECT_EQ(launch.port, 29400);
  EXPECT_EQ(launch.job, "none/2");
  EXPECT_TRUE(launch.agent_listens);
}

TEST(Launch, VariablesSetByHand) {
  const Launch launch = launch_of(
      {{"RANK", "0"}, {"WORLD_SIZE", "2"}, {"MASTER_ADDR", "::1"}, {"MASTER_PORT", "4000"}});
  EXPECT_EQ(launch.launcher, "RANK and WORLD_SIZE");
  EXPECT_EQ(launch.local_rank, -1);
  EXPECT_EQ(launch.address, "::1");
  EXPECT_FALSE(launch.agent_listens);
}

TEST(Launch, OpenMpiOnOneMachineNeedsNoAddress) {
  const Launch launch = launch_of(kMpirun);
  EXPECT_EQ(launch.launcher, "Open MPI");
  EXPECT_EQ(launch.rank, 1);
  EXPECT_EQ(launch.address, "127.0.0.1");
  EXPECT_GE(launch.port, 15000);
  EXPECT_LT(launch.port, 30000);
  EXPECT_EQ(launch_of(kMpirun).port, launch.port);
  EXPECT_NE(launch_of(with(kMpirun, {{"PMIX_NAMESPACE", "4712"}})).port, launch.port);
}

TEST(Launch, OpenMpiOnSeveralMachinesNeedsTheAddress) {
  const Variables two = with(kMpirun, {{"OMPI_COMM_WORLD_LOCAL_SIZE", "1"}});
  EXPECT_EQ(refusal(two),
            "MASTER_ADDR is not set, and Open MPI does not tell where rank 0 of 2 is; expected the "
            "host of rank 0: mpirun -x MASTER_ADDR=HOST (MPICH: -genv MASTER_ADDR HOST)");
  EXPECT_EQ(launch_of(with(two, {{"MASTER_ADDR", "a"}})).address, "a");
}

TEST(Launch, Mpich) {
  const Launch launch = launch_of(
      {{"PMI_RANK", "0"}, {"PMI_SIZE", "2"}, {"MPI_LOCALRANKID", "0"}, {"MPI_LOCALNRANKS", "2"}});
  EXPECT_EQ(launch.launcher, "MPICH");
  EXPECT_EQ(launch.address, "127.0.0.1");
  EXPECT_EQ(launch.port, 29500);
}

TEST(Launch, Slurm) {
  const Launch launch = launch_of(kSrun);
  EXPECT_EQ(launch.launcher, "Slurm");
  EXPECT_EQ(launch.rank, 5);
  EXPECT_EQ(launch.size, 8);
  EXPECT_EQ(launch.local_rank, 1);
  EXPECT_EQ(launch.address, "node07");
  EXPECT_EQ(launch.job, "99.0");
  EXPECT_NE(launch_of(with(kSrun, {{"SLURM_STEP_ID", "1"}})).port, launch.port);
  EXPECT_EQ(launch_of(with(kSrun, {{"SLURM_RESTART_COUNT", "1"}})).job, "99.0/1");
}

TEST(Launch, ASlurmStepMayHaveFewerTasksThanItsJob) {
  EXPECT_EQ(
      launch_of(with(kSrun, {{"SLURM_STEP_NUM_TASKS", "6"}, {"SLURM_STEP_NODELIST", "node12"}}))
          .size,
      6);
}

TEST(Launch, ABatchScriptOfSlurmIsAlone) {
  Variables batch = with(kSrun, {{"SLURM_PROCID", "0"}});
  batch.erase("SLURM_STEP_ID");
  EXPECT_TRUE(launch_of(batch).is_alone());
}

// As where somebody sets only the variables that matter.
TEST(Launch, SlurmsVariablesWithoutAJob) {
  const Launch launch = launch_of(
      {{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "2"}, {"SLURM_JOB_NODELIST", "localhost"}});
  EXPECT_EQ(launch.size, 2);
  EXPECT_EQ(launch.address, "localhost");
}

TEST(Launch, TheLauncherOfTheProcessWins) {
  EXPECT_EQ(launch_of(with(kSrun, kMpirun)).launcher, "Open MPI");
  EXPECT_EQ(launch_of(with(kSrun, kTorchrun)).launcher, "torchrun");
}

TEST(Launch, AddressAndPortCanBeSetForAnyLauncher) {
  const Launch launch = launch_of(with(kSrun, {{"MASTER_ADDR", "10.0.0.7"}, {"MASTER_PORT", "7"}}));
  EXPECT_EQ(launch.address, "10.0.0.7");
  EXPECT_EQ(launch.port, 7);
}

TEST(Launch, NoLauncherWanted) {
  EXPECT_TRUE(launch_of(with(kTorchrun, {{"LATENT_LAUNCHER", "none"}})).is_alone());
  EXPECT_EQ(refusal({{"LATENT_LAUNCHER", "mpi"}}),
            "LATENT_LAUNCHER: got \"mpi\"; expected none, or that it is not set");
}

TEST(Launch, AWorldOfOneNeedsNoAddress) {
  EXPECT_TRUE(launch_of({{"RANK", "0"}, {"WORLD_SIZE", "1"}}).is_alone());
}

TEST(Launch, HalfOfThePlace) {
  EXPECT_EQ(refusal({{"RANK", "0"}}),
            "RANK is set but WORLD_SIZE is not; expected both or neither; set LATENT_LAUNCHER=none "
            "to train in one process whatever the launcher "
            "says");
  EXPECT_EQ(
      refusal({{"OMPI_COMM_WORLD_SIZE", "2"}}),
      "OMPI_COMM_WORLD_SIZE is set but OMPI_COMM_WORLD_RANK is not; expected both or neither; "
      "set LATENT_LAUNCHER=none to train in one process whatever "
      "the launcher says");
  EXPECT_EQ(refusal({{"PMI_RANK", "1"}}).substr(0, 38), "PMI_RANK is set but PMI_SIZE is not; e");
  EXPECT_EQ(refusal({{"SLURM_PROCID", "1"}}).substr(0, 46),
            "SLURM_PROCID is set but SLURM_NTASKS is not; e");
}

TEST(Launch, HalfOfTheAddress) {
  const std::string end =
      " is not set; expected the host of rank 0 in MASTER_ADDR and a free port of it in "
      "MASTER_PORT; set LATENT_LAUNCHER=none to train in one process whatever the launcher says";
  EXPECT_EQ(refusal(with(kTorchrun, {{"MASTER_ADDR", ""}})),
            "WORLD_SIZE is 4, but MASTER_ADDR" + end);
  EXPECT_EQ(refusal(with(kTorchrun, {{"MASTER_PORT", ""}})),
            "WORLD_SIZE is 4, but MASTER_PORT" + end);
  EXPECT_EQ(refusal(with(kSrun, {{"SLURM_JOB_NODELIST", ""}})),
            "MASTER_ADDR is not set, and Slurm does not tell where rank 0 of 8 is; expected "
            "SLURM_JOB_NODELIST, as srun sets it, or the host of rank 0 in MASTER_ADDR");
}

TEST(Launch, NumbersThatAreNone) {
  EXPECT_EQ(refusal(with(kTorchrun, {{"RANK", "4"}})),
            "RANK: got 4, but WORLD_SIZE is 4; expected a rank from 0 to 3");
  EXPECT_EQ(refusal(with(kTorchrun, {{"RANK", "-1"}})),
            "RANK: got \"-1\"; expected a number from 0 to 1000000");
  EXPECT_EQ(refusal(with(kTorchrun, {{"WORLD_SIZE", "4x"}})),
            "WORLD_SIZE: got \"4x\"; expected a number from 1 to 1000000");
  EXPECT_EQ(refusal(with(kTorchrun, {{"LOCAL_RANK", "4"}})),
            "LOCAL_RANK: got \"4\"; expected a number from 0 to 3");
  EXPECT_EQ(refusal(with(kTorchrun, {{"MASTER_PORT", "65536"}})),
            "MASTER_PORT: got \"65536\"; expected a number from 1 to 65535");
}

TEST(Launch, TheFirstOfSlurmsHosts) {
  EXPECT_EQ(first_host("node1"), "node1");
  EXPECT_EQ(first_host("node1,node2"), "node1");
  EXPECT_EQ(first_host("node[07-09,12]"), "node07");
  EXPECT_EQ(first_host("login,node[1-2]"), "login");
  EXPECT_EQ(first_host("node[3,5]-ib"), "node3-ib");
  EXPECT_EQ(first_host("rack[1-2]n[3,5],x"), "rack1n3");
  EXPECT_EQ(first_host("node["), "");
  EXPECT_EQ(first_host(""), "");
}

}  // namespace
}  // namespace latent
