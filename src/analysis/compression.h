// Images as files of a few dozen bytes: the codes of a run's model under frequency tables that are
// stored in the run.
#pragma once

#include <string>
#include <vector>

#include "analysis/rate_distortion.h"
#include "session/opened_run.h"
#include "space/code_tables.h"

namespace latent {

/// How a run's latents become symbols and bytes. All that a decoder computes with are whole
/// numbers, and one product of each of them with the step.
struct Compressor {
  space::CodeTables tables;
  double step = 0;          // of quantised latents; 0: the symbols are a codebook's indices
  int64_t low = 0;          // the quantised latent that symbol 0 stands for
  std::string fingerprint;  // kFingerprintBytes of the model and the tables
};

/// Returns the compressor stored in the run, in compression/. Throws Error if there is none, or it
/// is damaged or of another checkpoint, naming the command that makes it; and if the run has none:
/// for a table, and for a model with a condition.
Compressor stored_compressor(const OpenedRun& run);

/// Returns the stored compressor, or fits one to the training images and stores it.
///
/// Of a codebook, the codes are counted by place and neighbours. Other latents are quantised with
/// one step, the largest with which the squared error of training images grows by at most 5%, and
/// counted by latent.
Compressor run_compressor(const OpenedRun& run, bool quiet);

/// Returns the symbols of latents: [N, P] int64. code: [N, Z] on the CPU.
Tensor symbols_of(const OpenedRun& run, const Compressor& compressor, const Tensor& code);

/// Returns the latents of symbols, [N, Z].
Tensor latents_of(const OpenedRun& run, const Compressor& compressor, const Tensor& symbols);

/// Returns the files of symbols [N, P], as bytes.
std::vector<std::string> compressed_files(const OpenedRun& run, const Compressor& compressor,
                                          const Tensor& symbols);

/// Returns the symbols [N, P] of such files. names: of each, for errors. Throws Error for one that
/// is damaged, of another run or of another size.
Tensor symbols_in(const OpenedRun& run, const Compressor& compressor,
                  const std::vector<std::string>& files, const std::vector<std::string>& names);

/// What files cost and what comes out of them, on the average.
struct CompressedRates {
  RatePoint payload;  // without what every file has
  RatePoint file;
};

/// Compresses examples in memory.
CompressedRates compressed_rates(const OpenedRun& run, const Examples& examples, bool quiet);

}  // namespace latent
