// Lists of examples in a file: FILE in `data.keep: "@FILE"` and in `--indices @FILE`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/error.h"
#include "data/dataset.h"

namespace latent {

/// The name or the index of one example.
struct ListEntry {
  std::string text;
  int64_t line = 0;  // in the file, from 1
};

struct ExampleList {
  std::filesystem::path file;
  std::vector<ListEntry> entries;  // at least one
};

/// Returns FILE if `text` is "@FILE", else nothing.
std::optional<std::filesystem::path> list_file(const std::string& text);

/// Reads a list: one entry per line, or several separated by commas; spaces around an entry do not
/// count. Blank lines and lines that begin with # are skipped; a UTF-8 byte order mark and CRLF are
/// accepted. Throws Error if the file cannot be read or has no entry.
ExampleList read_example_list(const std::filesystem::path& file);

/// Finds the examples of one split by name or by index.
class ExampleFinder {
 public:
  /// Copies the names; keeps no reference to `examples`.
  explicit ExampleFinder(const Examples& examples);

  /// Returns the index of the example of that name. Names that are numbers match with or without
  /// leading zeros.
  std::optional<int64_t> find_name(const std::string& text) const;

  /// Returns the index of the example of that name; else the number itself, if `text` is an index
  /// within the split. Where all names are numbers, a number is always a name.
  std::optional<int64_t> find(const std::string& text) const;

  /// Returns the index of each entry, in the list's order. split: for messages.
  /// Throws what `unknown_entry` returns for the first entry that is not there.
  std::vector<int64_t> find_all(const ExampleList& list, Split split) const;

  /// Whether the list consists of indices: numbers only, none of them a name.
  bool are_indices(const ExampleList& list) const;

  /// An error that names the file, the line, the entry and the nearest name. where: "test split".
  Error unknown_entry(const ExampleList& list, const ListEntry& entry,
                      const std::string& where) const;

 private:
  int64_t count_;
  std::vector<std::string> names_;
  bool names_are_numbers_;
  std::unordered_map<std::string, int64_t> by_name_;
};

}  // namespace latent
