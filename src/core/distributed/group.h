// What a group of processes needs of a transport: a board for short texts and sums of tensors. A
// library of its own implements both with LibTorch's c10d and is loaded only if there is a group.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "core/distributed/launch.h"
#include "core/tensor.h"

namespace latent {

/// Texts under keys, which all processes of a group read and write. One object is for one thread.
class Board {
 public:
  virtual ~Board() = default;
  /// Throws Error, as all functions do, if the board cannot be reached any more. If the network is
  /// cut, or the process that keeps the board is stopped, they do not return.
  virtual void write(const std::string& key, const std::string& text) = 0;
  /// Returns the texts under `keys`, all of which must have been written.
  virtual std::vector<std::string> read(const std::vector<std::string>& keys) = 0;
  virtual bool has(const std::string& key) = 0;
  /// Returns a connection of its own for another thread.
  virtual std::unique_ptr<Board> another() = 0;
};

/// Adds tensors of all processes. One sum at a time.
class Adder {
 public:
  virtual ~Adder() = default;
  /// Starts to add up the processes' tensors in place. values: contiguous.
  virtual void start(const Tensor& values) = 0;
  /// Waits at most so long; returns whether `values` holds the sums, on a GPU whether the work that
  /// makes them is queued. Throws Error if the connection to another process broke.
  virtual bool wait(std::chrono::milliseconds most) = 0;
};

/// The functions that the library exports.
struct GroupTable {
  /// Opens the board: rank 0 listens, unless torchrun's agent does, and the others connect. Throws
  /// Error if that takes more than `most`.
  std::unique_ptr<Board> (*open_board)(const Launch& launch, std::chrono::milliseconds most);
  /// Connects every process with every other. board: of the first library's open_board. Throws
  /// Error if that takes more than `most`.
  std::unique_ptr<Adder> (*connect)(Board& board, const Launch& launch,
                                    std::chrono::milliseconds most);
};

constexpr const char* kGroupModule = "latent_distributed.so";  // Gloo, for the CPU
constexpr const char* kNcclModule = "latent_nccl.so";          // NCCL, for GPUs
/// The name under which both export `const GroupTable* latent_group_table()`; NCCL's has `connect`
/// alone.
constexpr const char* kGroupTableSymbol = "latent_group_table";

}  // namespace latent
