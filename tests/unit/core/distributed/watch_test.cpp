#include "core/distributed/watch.h"

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "unit/expect.h"

namespace latent {
namespace {

using std::chrono::milliseconds;

// The board of a group of threads; what a process whose switch is off writes is lost.
struct Wall {
  std::mutex mutex;
  std::map<std::string, std::string> texts;
  bool broken = false;
};

class WallBoard : public Board {
 public:
  WallBoard(Wall& wall, std::atomic<bool>& writes) : wall_(wall), writes_(writes) {}
  void write(const std::string& key, const std::string& text) override {
    const std::lock_guard lock(wall_.mutex);
    if (wall_.broken) throw Error("Broken pipe\nframe #0");
    if (writes_) wall_.texts[key] = text;
  }
  std::vector<std::string> read(const std::vector<std::string>& keys) override {
    const std::lock_guard lock(wall_.mutex);
    if (wall_.broken) throw Error("Broken pipe\nframe #0");
    std::vector<std::string> texts;
    for (const auto& key : keys)
      texts.push_back(wall_.texts.at(key));
    return texts;
  }
  bool has(const std::string& key) override {
    const std::lock_guard lock(wall_.mutex);
    return wall_.texts.contains(key);
  }
  std::unique_ptr<Board> another() override { return std::make_unique<WallBoard>(wall_, writes_); }

 private:
  Wall& wall_;
  std::atomic<bool>& writes_;
};

constexpr Patience kPatience{milliseconds(2000)};

class WatchTest : public testing::Test {
 protected:
  // Makes the watches of two; rank 0 writes signs while `zero_` is true.
  void SetUp() override {
    WallBoard board(wall_, on_);
    for (const int64_t rank : {0, 1}) {
      const std::string number = std::to_string(rank);
      board.write("sign/" + number, Watch::first_sign("host" + number));
      Launch launch{.launcher = "test", .rank = rank, .size = 2, .address = "a", .port = 1};
      watches_.push_back(
          std::make_unique<Watch>(std::make_unique<WallBoard>(wall_, rank == 0 ? zero_ : on_),
                                  launch, "host" + number, kPatience));
    }
  }

  // Waits for the complaint of rank 1, for a generous time.
  std::string complaint() const {
    for (int i = 0; i < 500; ++i) {
      if (const auto said = watches_[1]->complaint(); !said.empty()) return said;
      std::this_thread::sleep_for(milliseconds(20));
    }
    return "";
  }

  Wall wall_;
  std::atomic<bool> zero_{true}, on_{true};
  std::vector<std::unique_ptr<Watch>> watches_;
};

constexpr const char* kAgain =
    "; start all processes again with --resume-if-there: the run goes on from its last checkpoint";

TEST(Patience, EndsBeforeTheTimeout) {
  EXPECT_EQ(Patience{milliseconds(60000)}.beat(), milliseconds(1000));
  EXPECT_EQ(Patience{milliseconds(60000)}.limit(), milliseconds(45000));
  EXPECT_EQ(Patience{milliseconds(1000)}.beat(), milliseconds(50));
}

TEST_F(WatchTest, NobodyIsLost) {
  std::this_thread::sleep_for(milliseconds(300));
  EXPECT_EQ(watches_[0]->complaint(), "");
  EXPECT_EQ(watches_[1]->complaint(), "");
}

TEST_F(WatchTest, ASilentProcessIsNamed) {
  zero_ = false;
  const std::string said = complaint();
  EXPECT_TRUE(said.starts_with("rank 0 on host0 was lost: no sign of life for ")) << said;
  EXPECT_TRUE(said.ends_with(std::string(" s (train.distributed.timeout is 2)") + kAgain)) << said;
}

TEST_F(WatchTest, AFailureIsPassedOn) {
  watches_[0]->fail("no space left");
  EXPECT_EQ(complaint(), "rank 0 on host0 failed: no space left");
}

// Rank 0 complains of another process; that is no failure of its own.
TEST_F(WatchTest, AComplaintIsPassedOnAsItIs) {
  zero_ = false;
  const std::string said = complaint();
  watches_[1]->fail(said);
  EXPECT_EQ(watches_[0]->explain("closed"), said);
}

TEST_F(WatchTest, ABrokenConnectionIsExplained) {
  zero_ = false;
  EXPECT_EQ(watches_[1]->explain("Connection closed by peer"),
            std::string("rank 0 on host0 was lost: its connection broke; look for its last "
                        "message, or for what killed it") +
                kAgain);
}

TEST_F(WatchTest, TheKeeperOfTheBoardIsLost) {
  {
    const std::lock_guard lock(wall_.mutex);
    wall_.broken = true;
  }
  const std::string said = complaint(), end = std::string(" was lost: Broken pipe") + kAgain;
  // Perhaps before the first look at its sign, which has its host.
  EXPECT_TRUE(said == "rank 0" + end || said == "rank 0 on host0" + end) << said;
}

TEST_F(WatchTest, WhoeverLeavesIsNotLost) {
  std::thread other([&] { watches_[0]->leave(); });
  watches_[1]->leave();
  other.join();
  {
    const std::lock_guard lock(wall_.mutex);
    wall_.broken = true;
  }
  std::this_thread::sleep_for(milliseconds(200));
  EXPECT_EQ(watches_[0]->complaint(), "");
  EXPECT_EQ(watches_[1]->complaint(), "");
}

}  // namespace
}  // namespace latent
