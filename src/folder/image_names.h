// Finds images by the names that people write into a table.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace latent {

/// An index of the names of images.
///
/// A written name means an image if one of the two paths ends in all folders and the name of the
/// other: "deep/b.png" of a folder is meant by "b.png", "/home/me/imgs/deep/b.png" and
/// "C:\imgs\deep\b.png", but not by "other/b.png". The image with the longest common ending is
/// taken. Names are compared as they are, else in lower case and with decomposed letters
/// (`folded`), else without the ending of the image's file.
class ImageNames {
 public:
  /// names: paths below a folder, separated by '/'. They must outlive the index.
  explicit ImageNames(const std::vector<std::string>& names);

  enum class Outcome { kFound, kNone, kSeveral };
  struct Found {
    Outcome outcome = Outcome::kNone;
    size_t image = 0;    // of the first that fits
    size_t other = 0;    // another that fits as well, if there are several
    bool exact = false;  // as the name is spelled
  };
  Found find(const std::string& written) const;

  /// Returns an image whose last part is that of a name, though it is in another folder; for
  /// messages.
  Found find_elsewhere(const std::string& written) const;

 private:
  enum class Spelling { kExact, kFolded, kWithoutEnding };
  struct Entry {
    uint64_t hash;  // of an ending of the image's path
    bool partial;   // the path has more
    uint32_t image;
    auto operator<=>(const Entry&) const = default;
  };

  std::string spelled(const std::string& name, Spelling spelling) const;
  const std::vector<Entry>& entries(Spelling spelling) const;
  /// path: as spelled, with `count` parts.
  Found find_spelled(std::string_view path, Spelling spelling) const;
  /// Images that end in `ending`; only those that are nothing more, if `whole`.
  Found ending_in(std::string_view ending, bool whole, Spelling spelling) const;

  const std::vector<std::string>& names_;
  mutable std::array<std::vector<Entry>, 3> entries_;  // made when first needed
};

}  // namespace latent
