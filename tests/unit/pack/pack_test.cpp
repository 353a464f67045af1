// Packs: made once, mapped afterwards, and never trusted when a bit is wrong.
#include "pack/pack.h"

#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "config/config.h"
#include "core/system/file.h"
#include "unit/cache_folder.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

/// Images made of numbers; those in `bad` cannot be read.
class Numbers : public ImageSource {
 public:
  Numbers(int64_t count, ImageShape shape, std::vector<int64_t> bad = {}, std::string key = "k")
      : count_(count), shape_(shape), bad_(std::move(bad)), key_(std::move(key)) {}

  int64_t count() const override { return count_; }
  ImageShape shape() override { return shape_; }
  std::string key() const override { return key_; }
  std::string name() const override { return "numbers"; }
  std::vector<UnreadableImage> read(int64_t first, int64_t count, uint8_t* pixels) override {
    EXPECT_EQ(first, next_);
    next_ = first + count;
    std::vector<UnreadableImage> unreadable;
    for (int64_t i = first; i < first + count; ++i) {
      for (int64_t p = 0; p < shape_.values(); ++p)
        *pixels++ = static_cast<uint8_t>(i * 31 + p * 7);
      if (std::find(bad_.begin(), bad_.end(), i) != bad_.end())
        unreadable.push_back({i, "image " + std::to_string(i) + ": damaged"});
    }
    return unreadable;
  }

  /// What the pack must hold.
  Tensor readable() {
    std::vector<int64_t> good;
    for (int64_t i = 0; i < count_; ++i) {
      if (std::find(bad_.begin(), bad_.end(), i) == bad_.end()) good.push_back(i);
    }
    const Tensor index = torch::tensor(good, at::kLong).view({-1, 1}) * 31;
    return (index + torch::arange(shape_.values()) * 7)
        .to(at::kByte)
        .view({-1, shape_.height, shape_.width, shape_.channels});
  }

 private:
  int64_t count_;
  ImageShape shape_;
  std::vector<int64_t> bad_;
  std::string key_;
  int64_t next_ = 0;
};

SkipPolicy policy(const std::string& keys) {
  Config config = Config::parse("{\"data\": {" + keys + "}}", "x");
  Section data = config.root().section("data");
  return SkipPolicy(data);
}

TEST(Packs, AreMadeOnceAndFoundAgain) {
  const CacheFolder cache;
  Numbers source(3000, {3, 5, 4});
  const Pack made = open_pack(source, {});
  EXPECT_TRUE(made.made);
  EXPECT_EQ(made.path, cache.pack());
  expect_tensor_near(made.content.pixels, source.readable(), 0);
  Numbers again(3000, {3, 5, 4});
  const Pack found = open_pack(again, {});
  EXPECT_FALSE(found.made);
  expect_tensor_near(found.content.pixels, source.readable(), 0);
}

TEST(Packs, AreReadInSeveralChunksAndCheckedInSeveralBlocks) {
  const CacheFolder cache;
  Numbers source(40, {3, 600, 500}, {3, 7});  // 36 MB
  const Pack made = open_pack(source, policy("\"on_error\": \"skip\""));
  expect_tensor_near(made.content.pixels, source.readable(), 0);
}

TEST(Packs, OutliveTheirFile) {
  const CacheFolder cache;
  Numbers source(10, {1, 4, 4});
  const Tensor pixels = open_pack(source, {}).content.pixels;
  fs::remove(cache.pack());
  expect_tensor_near(pixels, source.readable(), 0);
}

TEST(Packs, SkipUnreadableImagesIfAllowed) {
  const CacheFolder cache;
  Numbers source(30, {1, 2, 2}, {0, 7, 29});
  const Pack made = open_pack(source, policy("\"on_error\": \"skip\""));
  expect_tensor_near(made.content.pixels, source.readable(), 0);
  const Pack found = open_pack(source, policy("\"on_error\": \"skip\""));
  ASSERT_EQ(found.content.unreadable.size(), 3U);
  EXPECT_EQ(found.content.unreadable[1].index, 7);
  EXPECT_EQ(found.content.unreadable[1].reason, "image 7: damaged");
  // A run that wants all of them is not served by a pack that lacks some.
  expect_error([&] { open_pack(source, {}); },
               "image 0: damaged; fix or remove it, or skip such files with data.on_error: skip");
}

TEST(Packs, StopAboveTheBound) {
  const CacheFolder cache;
  Numbers source(30, {1, 2, 2}, {1, 2, 3, 4});
  expect_error([&] { open_pack(source, policy("\"on_error\": \"skip\"")); },
               "image 1: damaged; more than 3 of 30 images cannot be read, the most that "
               "data.max_skipped (0.1) allows");
  Numbers few(3, {1, 2, 2}, {1});  // one may always be left out
  EXPECT_EQ(open_pack(few, policy("\"on_error\": \"skip\"")).content.pixels.size(0), 2);
  Numbers none(1, {1, 2, 2}, {0}, "none");
  expect_error([&] { open_pack(none, policy("\"on_error\": \"skip\"")); },
               "image 0: damaged (nor can any other image be read)");
}

TEST(Packs, FailOnTheFirstUnreadableImageByDefault) {
  const CacheFolder cache;
  Numbers source(30, {1, 2, 2}, {4});
  expect_error([&] { open_pack(source, {}); },
               "image 4: damaged; fix or remove it, or skip such files with data.on_error: skip");
  EXPECT_TRUE(fs::is_empty(cache.packs()));
}

TEST(Packs, NameTheirDamage) {
  const CacheFolder cache;
  Numbers source(20, {1, 3, 3});
  open_pack(source, {});
  const fs::path pack = cache.pack();
  expect_error([&] { map_pack(pack, "another"); }, pack.string() + ": made from other images");
  fs::resize_file(pack, 30);
  expect_error([&] { map_pack(pack, "k"); }, pack.string() + ": cut short");
  fs::resize_file(pack, 100);
  expect_error([&] { map_pack(pack, "k"); }, pack.string() + ": no pack, or cut short");
  expect_error([&] { map_pack(cache.path() / "none", "k"); },
               (cache.path() / "none").string() + ": cannot be read: No such file or directory");
}

// A reason's size that leads back to the front of the list would be read for ever: found by
// fuzzing.
TEST(Packs, SizesBeyondTheEndAreRefused) {
  const CacheFolder cache;
  const std::string hex =
      "000102030405060708090a0b0c0d0e0f101112131415161703000000000000006b6579010000000200000001"
      "00000000000000f0ffffffffffffff7768793f96a695824c4154454e54504b02000000000000002b00000000"
      "000000020000000000000002000000000000000200000000000000030000000000000037226cdf";
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  const fs::path pack = cache.path() / "forged.pack";
  write_file(pack, bytes);
  expect_error([&] { map_pack(pack, "key"); }, pack.string() + ": damaged");
}

TEST(Packs, AreRebuiltWhenDamagedOrStale) {
  const CacheFolder cache;
  Numbers source(20, {1, 3, 3});
  open_pack(source, {});
  fs::resize_file(cache.pack(), fs::file_size(cache.pack()) - 1);
  testing::internal::CaptureStderr();
  Numbers again(20, {1, 3, 3});
  EXPECT_TRUE(open_pack(again, {}).made);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("rebuilding the pack"), std::string::npos);
  Numbers changed(20, {1, 3, 3}, {}, "another key");
  EXPECT_TRUE(open_pack(changed, {}).made);
}

TEST(Packs, FilesOfKilledProcessesAreRemoved) {
  const CacheFolder cache;
  Numbers source(20, {1, 3, 3});
  open_pack(source, {});
  const fs::path pack = cache.pack(), old = cache.packs() / "other.pack.tmp999999999",
                 young = cache.packs() / "third.pack.tmp999999999",
                 own = pack.string() + ".tmp999999999";
  for (const auto& path : {old, young, own})
    write_file(path, "half");
  fs::last_write_time(old, fs::file_time_type::clock::now() - std::chrono::hours(2));
  fs::remove(pack);
  Numbers again(20, {1, 3, 3});
  open_pack(again, {});
  EXPECT_FALSE(fs::exists(old));
  EXPECT_FALSE(fs::exists(own));
  EXPECT_TRUE(fs::exists(young));  // perhaps of another machine
}

TEST(Packs, OneOfTwoProcessesMakesThePack) {
  const CacheFolder cache;
  constexpr int kProcesses = 4;
  for (int process = 0; process < kProcesses; ++process) {
    if (::fork() != 0) continue;
    Numbers source(2000, {3, 32, 32});
    const Pack pack = open_pack(source, {});
    // No tensor operation: OpenMP's threads do not survive a fork.
    const uint8_t* pixel = pack.content.pixels.const_data_ptr<uint8_t>();
    bool right = pack.content.pixels.size(0) == 2000;
    for (int64_t i = 0; right && i < 2000; ++i) {
      for (int64_t p = 0; p < 3 * 32 * 32; ++p)
        right = right && *pixel++ == static_cast<uint8_t>(i * 31 + p * 7);
    }
    ::_exit(!right ? 2 : pack.made ? 1 : 0);
  }
  int makers = 0;
  for (int i = 0; i < kProcesses; ++i) {
    int status = 0;
    ::wait(&status);
    ASSERT_TRUE(WIFEXITED(status));
    ASSERT_LT(WEXITSTATUS(status), 2);
    makers += WEXITSTATUS(status);
  }
  EXPECT_EQ(makers, 1);
  cache.pack();  // no lock, no temporary file
}

TEST(Packs, TemporaryFilesOfAKilledProcessAreRemoved) {
  const CacheFolder cache;
  Numbers source(20, {1, 3, 3});
  const fs::path pack = open_pack(source, {}).path;
  fs::rename(pack, pack.string() + ".tmp12345");
  Numbers again(20, {1, 3, 3});
  EXPECT_TRUE(open_pack(again, {}).made);
  EXPECT_EQ(cache.pack(), pack);
}

TEST(Packs, NameTheRemedyWhenTheCacheCannotBeWritten) {
  CacheFolder cache;
  Numbers source(20, {1, 3, 3});
  write_file(cache.path() / "file", "x");
  cache.set((cache.path() / "file").string());
  try {
    open_pack(source, {});
    FAIL() << "threw nothing";
  } catch (const Error& failure) {
    const std::string message = failure.what();
    EXPECT_TRUE(
        message.ends_with("; packed images need a folder with free space: set LATENT_CACHE"))
        << message;
    EXPECT_TRUE(message.starts_with((cache.path() / "file" / "packs").string())) << message;
  }
}

}  // namespace
}  // namespace latent
