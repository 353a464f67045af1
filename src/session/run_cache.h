// What commands compute for a run and keep in its folder for the next time.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/log.h"
#include "core/tensor.h"
#include "format/safetensors.h"
#include "session/opened_run.h"

namespace latent {

/// Tells the examples that something was computed from: "60000-2839128321".
/// examples: the first dimension counts them.
std::string data_mark(const Tensor& examples);

/// What is kept at `path`, if it is whole, of the run's checkpoint, and of the examples that `mark`
/// tells (of any without a mark). Damage is a warning.
std::optional<TensorFile> read_kept(const std::filesystem::path& path, const OpenedRun& run,
                                    const std::optional<std::string>& mark);

/// Writes the file, and its folder. Of a run that cannot be written to, this is only said.
void keep_in_cache(const std::filesystem::path& path, const TensorFile& file);

/// What was computed from a split, if it is kept and the split still has the same examples; else it
/// is made again. If the examples cannot be read any more, what is kept is used, with a warning.
/// Throws Error if there are neither.
/// what: "mixture".  read(mark): what is kept of the examples that the mark tells (of any without a
/// mark), or nothing.  make(examples, mark): the same from the examples.
template <typename Read, typename Make>
auto kept_or_made(const OpenedRun& run, Split split, const char* what, const Read& read,
                  const Make& make) {
  std::string why_not;
  const auto examples = run.load_if_there(split, why_not);
  const auto mark = examples ? std::optional(data_mark(examples->pixels)) : std::nullopt;
  if (auto kept = read(mark)) {
    if (!examples) log::warn("{}; using the {} kept in the run", why_not, what);
    return std::move(*kept);
  }
  if (!examples) throw Error(why_not);
  return make(*examples, *mark);
}

}  // namespace latent
