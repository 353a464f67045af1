// Finds the IDX files of MNIST and its kin under the names and in the places that people have them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace latent {

/// The files of an IDX data set; "" where there is none.
struct IdxFiles {
  std::filesystem::path images, labels, test_images, test_labels;
};

/// Returns the first of these files that exists: `stem` + "-images-idx3-ubyte" (or `.idx3-ubyte`;
/// `labels`: "-labels-idx1-ubyte"), plain or with .gz, in `folder`, or in a folder of that name as
/// some archives unpack. stem: "train", "emnist-letters-test".
std::optional<std::filesystem::path> find_idx_file(const std::filesystem::path& folder,
                                                   const std::string& stem, bool labels);

/// Returns `folder` and the folders below it in which torchvision and the archive of EMNIST put
/// their files, those that exist: MNIST/raw, FashionMNIST/raw, KMNIST/raw, EMNIST/raw, raw, gzip.
std::vector<std::filesystem::path> idx_folders(const std::filesystem::path& folder);

/// Returns the files of the set that has training images in `path` or one of its idx_folders; or,
/// for the file of a set's images, those that belong to it. Nothing if there are none. Throws Error
/// naming them if there are several sets, as in EMNIST's archive.
std::optional<IdxFiles> find_idx_set(const std::filesystem::path& path);

/// Whether the file's name says that its images are EMNIST's, which lie on their side.
bool is_emnist(const std::filesystem::path& file);
/// Whether it says that the classes are EMNIST's letters, labelled 1 to 26.
bool is_emnist_letters(const std::filesystem::path& file);

}  // namespace latent
