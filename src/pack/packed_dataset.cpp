#include "pack/packed_dataset.h"

#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include <algorithm>
#include <optional>

#include "core/error.h"
#include "core/log.h"

namespace latent {
namespace {

constexpr size_t kNamed = 5;  // unreadable images that the notice names

constexpr std::array kSplits{Split::kTrain, Split::kValidation, Split::kTest};

using Counts = std::array<int64_t, 3>;

// The split whose images stand in for those of a split that has none.
Split serving(Split split, const Counts& counts) {
  const auto has = [&](Split candidate) { return counts[static_cast<size_t>(candidate)] > 0; };
  if (has(split)) return split;
  if (split == Split::kTrain)
    return has(Split::kValidation) ? Split::kValidation : has(Split::kTest) ? Split::kTest : split;
  const Split other = split == Split::kTest ? Split::kValidation : Split::kTest;
  return has(other) ? other : Split::kTrain;
}

class PackedDataset : public Dataset {
 public:
  explicit PackedDataset(PackedParts parts)
      : parts_(std::move(parts)), warnings_(parts_.warnings) {}

  Examples load(Split split) const override {
    const auto& unreadable = pack()->content.unreadable;
    const Counts readable = readable_counts();
    const Split from = source_of(split, readable);
    int64_t first = 0, packed_first = 0;  // in the source and in the pack
    for (const Split each : kSplits) {
      if (each == from) break;
      first += parts_.counts[static_cast<size_t>(each)];
      packed_first += readable[static_cast<size_t>(each)];
    }
    if (readable[static_cast<size_t>(from)] == 0) {
      throw Error(
          fmt::format("{}: no images for the {} split", parts_.source->name(), to_string(split)));
    }
    Examples examples;
    examples.pixels =
        pack()->content.pixels.narrow(0, packed_first, readable[static_cast<size_t>(from)]);
    describe(examples, readable_rows(first, parts_.counts[static_cast<size_t>(from)], unreadable));
    return examples;
  }

  std::string notice() const override {
    std::vector<std::string> lines;
    if (!parts_.notice.empty()) lines.push_back(parts_.notice);
    const Counts counts = pack_ ? readable_counts() : parts_.counts;
    for (const Split split : kSplits) {
      const Split from = source_of(split, counts);
      if (from == split) continue;
      lines.push_back(fmt::format("no {0} images: the {1} images are used for {0}{2}",
                                  to_string(split), to_string(from), parts_.if_none));
    }
    if (pack_ && !pack_->content.unreadable.empty()) lines.push_back(unreadable_text());
    return fmt::format("{}", fmt::join(lines, "\n"));
  }

  const Pack* pack() const override {
    if (pack_) return &*pack_;
    pack_ = open_pack(*parts_.source, parts_.policy);
    if (!pack_->content.remark.empty()) log::info("{}", pack_->content.remark);
    const std::string warning = parts_.source->warning(pack_->content.pixels);
    if (!warning.empty()) warnings_.push_back(warning);
    return &*pack_;
  }

  std::vector<std::filesystem::path> image_files() const override { return parts_.source->files(); }
  std::vector<LeftOut> left_out() const override { return parts_.left_out; }
  std::vector<std::string> warnings() const override { return warnings_; }

 private:
  Split source_of(Split split, const Counts& counts) const {
    const bool may_be_served = split != Split::kTrain || parts_.train_may_be_served;
    return may_be_served ? serving(split, counts) : split;
  }

  // The images of each split that are in the pack.
  Counts readable_counts() const {
    Counts counts = parts_.counts;
    for (const auto& image : pack()->content.unreadable) {
      size_t split = 0;
      for (int64_t end = parts_.counts[0]; image.index >= end; end += parts_.counts[split])
        ++split;
      --counts[split];
    }
    return counts;
  }

  // Which of the images first, ..., first + count - 1 are in the pack.
  static Tensor readable_rows(int64_t first, int64_t count,
                              const std::vector<UnreadableImage>& unreadable) {
    const Tensor there = at::ones({count}, at::kBool);
    for (const auto& image : unreadable) {
      if (image.index >= first && image.index < first + count) there[image.index - first] = false;
    }
    return there.nonzero().flatten() + first;
  }

  void describe(Examples& examples, const Tensor& rows) const {
    for (const auto& each : parts_.attributes)
      examples.attributes.push_back({each.name, each.values.index_select(0, rows), each.classes});
    if (parts_.names.empty()) return;
    const int64_t* row = rows.const_data_ptr<int64_t>();
    for (int64_t i = 0; i < rows.numel(); ++i)
      examples.names.push_back(parts_.names[static_cast<size_t>(row[i])]);
  }

  std::string unreadable_text() const {
    const auto& unreadable = pack_->content.unreadable;
    std::string text =
        fmt::format("{} of {} images cannot be read and are skipped:", unreadable.size(),
                    parts_.source->count());
    for (size_t i = 0; i < std::min(kNamed, unreadable.size()); ++i)
      text += "\n  " + unreadable[i].reason;
    if (unreadable.size() > kNamed)
      text += fmt::format("\n  and {} more; latent data pack --json lists all",
                          unreadable.size() - kNamed);
    return text;
  }

  PackedParts parts_;
  mutable std::optional<Pack> pack_;
  mutable std::vector<std::string> warnings_;  // more once the pack is open
};

}  // namespace

std::unique_ptr<Dataset> packed_dataset(PackedParts parts) {
  return std::make_unique<PackedDataset>(std::move(parts));
}

}  // namespace latent
