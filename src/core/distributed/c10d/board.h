// The board of a group on LibTorch's TCPStore.
#pragma once

#include <torch/csrc/distributed/c10d/Store.hpp>

#include <memory>

#include "core/distributed/group.h"

namespace latent {

/// A board whose store a process group of c10d can use too.
class StoreBoard : public Board {
 public:
  explicit StoreBoard(c10::intrusive_ptr<c10d::Store> store) : store_(std::move(store)) {}

  void write(const std::string& key, const std::string& text) override;
  std::vector<std::string> read(const std::vector<std::string>& keys) override;
  bool has(const std::string& key) override;
  std::unique_ptr<Board> another() override;

  const c10::intrusive_ptr<c10d::Store>& store() const { return store_; }

 private:
  c10::intrusive_ptr<c10d::Store> store_;
};

std::unique_ptr<Board> open_store_board(const Launch& launch, std::chrono::milliseconds most);

}  // namespace latent
