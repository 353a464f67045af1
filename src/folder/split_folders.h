// Which folders are splits: their usual names, and the key data.splits.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "config/section.h"
#include "data/dataset.h"

namespace latent {

/// Returns the split that a folder of that name usually is: "Training", "train_set", "seg_train"
/// and "train2017" are the training split. Letters may be large or small.
std::optional<Split> split_called(const std::string& folder);

/// The key `splits` of a folder of images.
struct SplitRule {
  enum class Kind {
    kUsual,  // folders with usual names; a split without folder is served by another
    kFill,   // the same, but a split without folder is drawn from the training images
    kNone,   // no folder is a split
    kExact,  // as version 0.1 read folders: only train, validation, valid, val and test, and only
             // if all images are in them; no folder is entered or left out
    kNamed   // folders named by the key; others are left out, missing splits are drawn
  };

  Kind kind = Kind::kUsual;
  std::map<std::string, Split> named;  // by folder

  /// Returns the split of a folder of that name.
  std::optional<Split> split_of(const std::string& folder) const;
  bool fills() const { return kind == Kind::kFill || kind == Kind::kNamed; }
};

/// Reads "folders", "fill", "none", "exact", or names: "train=Good,train=More,test=Bad".
/// where: the key, for messages.  Throws Error for anything else.
SplitRule parse_split_rule(const std::string& text, const std::string& where);

/// Whether a data section is that of a run of version 0.1, which wrote every key but had no
/// `splits`.
bool is_of_former_run(const Section& data);

}  // namespace latent
