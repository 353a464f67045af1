#include "core/distributed/group_world.h"

#include <ATen/ATen.h>

#include <map>

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

using std::chrono::milliseconds;

// A board on which the other process has left its last sign.
class NoticeBoard : public Board {
 public:
  void write(const std::string& key, const std::string& text) override { texts_[key] = text; }
  std::vector<std::string> read(const std::vector<std::string>& keys) override {
    std::vector<std::string> texts;
    for (const auto& key : keys)
      texts.push_back(texts_.contains(key) ? texts_.at(key) : Watch::first_sign("there"));
    return texts;
  }
  bool has(const std::string&) override { return true; }
  std::unique_ptr<Board> another() override { return nullptr; }

 private:
  std::map<std::string, std::string> texts_;
};

// Doubles the values, as if the other process had the same; or waits forever; or breaks.
class Doubling : public Adder {
 public:
  enum class How { kWorks, kWaits, kBreaks };
  explicit Doubling(How how) : how_(how) {}
  void start(const Tensor& values) override { values_ = values; }
  bool wait(milliseconds) override {
    if (how_ == How::kWaits) return false;
    if (how_ == How::kBreaks) throw std::runtime_error("Connection closed by peer\nframe #0");
    values_.mul_(2);
    return true;
  }

 private:
  How how_;
  Tensor values_;
};

std::unique_ptr<GroupWorld> make_world(Doubling::How how) {
  const Launch launch{.launcher = "test", .rank = 0, .size = 2, .address = "a", .port = 1};
  return std::make_unique<GroupWorld>(
      launch, std::make_unique<Doubling>(how),
      std::make_unique<Watch>(std::make_unique<NoticeBoard>(), launch, "here",
                              Patience{milliseconds(1000)}));
}

TEST(GroupWorld, SumsOfAnyLayout) {
  const auto world = make_world(Doubling::How::kWorks);
  const Tensor all = at::arange(6, at::kFloat).view({2, 3});
  world->sum(all.t());  // not contiguous
  expect_tensor_near(all, 2 * at::arange(6, at::kFloat).view({2, 3}), 0);
  world->sum(at::empty({0}));
  EXPECT_TRUE(world->any(true));
  EXPECT_FALSE(world->any(false));
  EXPECT_GT(world->seconds(), 0);
  EXPECT_FALSE(world->is_broken());
}

TEST(GroupWorld, ASumThatWaitsForALostProcessEnds) {
  const auto world = make_world(Doubling::How::kWaits);
  const std::string said = error_of([&] { world->sum(at::ones({2})); });
  EXPECT_TRUE(said.starts_with("rank 1 on there was lost: no sign of life for ")) << said;
  EXPECT_TRUE(world->is_broken());
}

TEST(GroupWorld, ABrokenConnectionNamesTheProcess) {
  const auto world = make_world(Doubling::How::kBreaks);
  const std::string said = error_of([&] { world->sum(at::ones({2})); });
  EXPECT_TRUE(said.starts_with("rank 1 on there was lost: its connection broke")) << said;
}

}  // namespace
}  // namespace latent
