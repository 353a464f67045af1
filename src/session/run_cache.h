// Results that commands compute for a run and store in its folder for the next command.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/log.h"
#include "core/tensor.h"
#include "format/safetensors.h"
#include "session/opened_run.h"

namespace latent {

/// Identifies the examples that something was computed from: "60000-2839128321".
/// examples: the first dimension counts them.
std::string data_fingerprint(const Tensor& examples);

/// Where a result is stored in a run's cache, and what it depends on besides the examples.
struct CacheKey {
  std::string file;           // "mixture-best.safetensors"
  bool of_checkpoint = true;  // false: the same for all checkpoints of the run
  std::string query = {};     // what was asked for, if the name of the file does not identify it
};

/// A result of type T: its key, its name in messages ("mixture"), and its tensors.
template <typename T>
struct CacheEntry {
  CacheKey key;
  std::string what;
  std::function<TensorFile(const T&)> store;
  /// Returns nothing if the tensors do not fit the run.
  std::function<std::optional<T>(TensorFile&)> restore;
};

/// Returns the file under `key` if it is whole and was computed for the same checkpoint, query and
/// examples (for any examples without a fingerprint). Warns about a damaged file.
std::optional<TensorFile> read_cache_file(const OpenedRun& run, const CacheKey& key,
                                          const std::optional<std::string>& fingerprint);

/// Writes the file under `key`. Warns if the run cannot be written to.
void write_cache_file(const OpenedRun& run, const CacheKey& key, const std::string& fingerprint,
                      TensorFile file);

template <typename T>
std::optional<T> read_cached(const OpenedRun& run, const CacheEntry<T>& entry,
                             const std::optional<std::string>& fingerprint) {
  auto file = read_cache_file(run, entry.key, fingerprint);
  if (!file) return std::nullopt;
  if (auto value = entry.restore(*file)) return value;
  log::warn("{}: not the {} of this run; recomputed", run.directory.cache(entry.key.file).string(),
            entry.what);
  return std::nullopt;
}

/// Returns the result for these examples: reads it from the cache, or computes and stores it.
template <typename T, typename Compute>
T cached_or_computed(const OpenedRun& run, const Examples& examples, const CacheEntry<T>& entry,
                     const Compute& compute) {
  const std::string fingerprint = data_fingerprint(examples.pixels);
  if (auto found = read_cached(run, entry, fingerprint)) return std::move(*found);
  T value = compute(examples);
  write_cache_file(run, entry.key, fingerprint, entry.store(value));
  return value;
}

/// Returns the result for a split, which is loaded to check that its examples are still the same.
/// If it can no longer be loaded, uses the stored result, with a warning.
/// Throws Error if there is neither.
template <typename T, typename Compute>
T cached_or_computed(const OpenedRun& run, Split split, const CacheEntry<T>& entry,
                     const Compute& compute) {
  std::string why_not;
  if (const auto examples = run.load_if_there(split, why_not))
    return cached_or_computed(run, *examples, entry, compute);
  auto found = read_cached(run, entry, std::nullopt);
  if (!found) throw Error(why_not);
  log::warn("{}; using the {} stored in the run", why_not, entry.what);
  return std::move(*found);
}

}  // namespace latent
