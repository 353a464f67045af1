#include "pack/pack.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/error.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/stopwatch.h"
#include "core/system/file.h"
#include "core/system/file_lock.h"
#include "data/locations.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kChunkBytes = 16 << 20;  // of images prepared between two writes

// FNV-1a with two bases. Only a file's name: the pack holds the whole key, so that two keys with
// one digest would cost time, not harm.  Source: Fowler, Noll and Vo, RFC 9923.
std::string digest(std::string_view key) {
  uint64_t a = 0xcbf29ce484222325ULL, b = 0x84222325cbf29ce4ULL;
  for (const char character : key) {
    const auto byte = static_cast<unsigned char>(character);
    a = (a ^ byte) * 0x100000001b3ULL;
    b = (b ^ byte) * 0x100000001b3ULL + 1;
  }
  return fmt::format("{:016x}{:016x}", a, b);
}

// All failures to write have the same remedy.
template <class Work>
auto in_cache(Work work) {
  try {
    return work();
  } catch (const Error& failure) {
    throw Error(std::string(failure.what()) +
                "; packed images need a folder with free space: set LATENT_CACHE");
  }
}

// Removes files of killed processes. Under the lock no other process writes this pack.
void remove_leftovers(const fs::path& pack) {
  std::error_code ignored;
  const std::string prefix = pack.filename().string() + ".tmp";
  for (const auto& entry : fs::directory_iterator(pack.parent_path(), ignored)) {
    const fs::path& path = entry.path();
    if (path.filename().string().starts_with(prefix) || is_left_over(path))
      fs::remove(path, ignored);
  }
}

void expect_room(const fs::path& folder, int64_t bytes) {
  std::error_code code;
  const fs::space_info room = fs::space(folder, code);
  if (code || room.available > static_cast<uint64_t>(bytes)) return;
  // Rounded up, so that the message never says "0 MB are free; expected 0 MB".
  throw Error(fmt::format("{}: {} MB are free; expected {} MB", folder.string(),
                          room.available >> 20, (bytes >> 20) + 1));
}

// Writes the readable ones of the images first, first + 1, ...
void write_readable(PackWriter& writer, const std::vector<uint8_t>& pixels, int64_t first,
                    int64_t count, size_t bytes, const std::vector<UnreadableImage>& unreadable) {
  int64_t next = first;
  const auto write_until = [&](int64_t end) {
    writer.add(pixels.data() + static_cast<size_t>(next - first) * bytes,
               static_cast<size_t>(end - next) * bytes);
  };
  for (const auto& image : unreadable) {
    write_until(image.index);
    next = image.index + 1;
  }
  write_until(first + count);
}

void make_pack(ImageSource& source, const SkipPolicy& policy, const fs::path& path) {
  const ImageShape shape = source.shape();
  const int64_t total = source.count();
  log::info("packing {} images of {} into {}", total, source.name(), path.string());
  in_cache([&] { expect_room(path.parent_path(), total * shape.values()); });
  PackWriter writer = in_cache([&] { return PackWriter(path); });
  ProgressBar bar(log::is_quiet());
  const int64_t chunk =
      std::clamp<int64_t>(kChunkBytes / shape.values(), at::get_num_threads(), 4096);
  const auto bytes = static_cast<size_t>(shape.values());
  std::vector<uint8_t> pixels(static_cast<size_t>(std::min(chunk, total)) * bytes);
  std::vector<UnreadableImage> unreadable;
  const Stopwatch watch;
  for (int64_t first = 0; first < total; first += chunk) {
    const int64_t count = std::min(chunk, total - first);
    const auto failed = source.read(first, count, pixels.data());
    unreadable.insert(unreadable.end(), failed.begin(), failed.end());
    policy.check(unreadable, total);
    in_cache([&] { write_readable(writer, pixels, first, count, bytes, failed); });
    if (bar.due(first + count, total)) bar.show("packing", first + count, total, watch.seconds());
  }
  bar.clear();
  if (static_cast<int64_t>(unreadable.size()) == total)
    throw Error(unreadable.front().reason + " (nor can any other image be read)");
  in_cache([&] { writer.finish(source.key(), shape, unreadable, source.remark()); });
  const double seconds = watch.seconds();
  log::info("packed {} images in {:.1f} s, {:.0f} images/s", total, seconds,
            static_cast<double>(total) / seconds);
}

// Returns false if there is no pack, or none that can be used.
bool map_existing(const fs::path& path, const std::string& key, PackContent& content, bool aloud) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return false;
  try {
    content = map_pack(path, key);
    return true;
  } catch (const Error& failure) {
    if (aloud) log::warn("{}; rebuilding the pack", failure.what());
    return false;
  }
}

}  // namespace

SkipPolicy::SkipPolicy(Section& data) {
  data.read("on_error", on_error_, OneOf{{"fail", "skip"}},
            "action for a file that cannot be read: stop, or skip it");
  data.read("max_skipped", most_, between(0, 1),
            "with skip: the largest share of the files that may be skipped (a single file may "
            "always be skipped)");
}

void SkipPolicy::check(const std::vector<UnreadableImage>& unreadable, int64_t count) const {
  if (unreadable.empty()) return;
  const std::string& first = unreadable.front().reason;
  if (on_error_ == "fail") {
    throw Error(first + "; fix or remove it, or skip such files with data.on_error: skip");
  }
  const auto most =
      std::max<int64_t>(1, std::llround(std::floor(most_ * static_cast<double>(count))));
  if (static_cast<int64_t>(unreadable.size()) <= most) return;
  throw Error(
      fmt::format("{}; more than {} of {} images cannot be read, the most that "
                  "data.max_skipped ({}) allows",
                  first, most, count, most_));
}

Pack open_pack(ImageSource& source, const SkipPolicy& policy) {
  const Stopwatch watch;
  const std::string key = source.key();
  const fs::path folder = cache_folder() / "packs";
  Pack pack{.path = folder / (digest(key) + ".pack"), .content = {}};
  if (!map_existing(pack.path, key, pack.content, false)) {
    in_cache([&] { make_directories(folder); });
    const FileLock lock = in_cache([&] {
      return FileLock(pack.path.string() + ".lock",
                      "waiting for another process that is packing the same images");
    });
    if (!map_existing(pack.path, key, pack.content, true)) {
      remove_leftovers(pack.path);
      make_pack(source, policy, pack.path);
      pack.content = map_pack(pack.path, key);
      pack.made = true;
    }
  }
  policy.check(pack.content.unreadable, source.count());
  pack.seconds = watch.seconds();
  return pack;
}

}  // namespace latent
