// The table of measures. To add one: write its file with a `configure_..` function, declare that
// function here, and add a row.
#include "measure/features_option.h"
#include "measure/measure.h"
#include "measure/needs.h"

namespace latent {

MeasureMaker configure_elbo_measure(Section& section);
MeasureMaker configure_bits_per_dim_measure(Section& section);
MeasureMaker configure_active_units_measure(Section& section);
MeasureMaker configure_codes_measure(Section& section);
MeasureMaker configure_sparsity_measure(Section& section);
MeasureMaker configure_bce_measure(Section& section);
MeasureMaker configure_mse_measure(Section& section);
MeasureMaker configure_rmse_measure(Section& section);
MeasureMaker configure_psnr_measure(Section& section);
MeasureMaker configure_ssim_measure(Section& section);
MeasureMaker configure_book_units_measure(Section& section);
MeasureMaker configure_marginal_nll_measure(Section& section);
MeasureMaker configure_marginal_cross_entropy_measure(Section& section);
MeasureMaker configure_information_measure(Section& section);
std::string no_book_units(const MeasureContext& context);
std::string no_codes(const MeasureContext& context);
std::string no_marginal_nll(const MeasureContext& context);
std::string no_marginal_cross_entropy(const MeasureContext& context);
MeasureMaker configure_reconstruction_measure(Section& section);
MeasureMaker configure_samples_measure(Section& section);

const Registry<MeasureRow>& measures() {
  static Registry<MeasureRow> registry(
      "measure",
      {
          {"elbo", "the evidence lower bound, constants included", true, needs_posterior,
           configure_elbo_measure},
          {"bits_per_dim", "-elbo per value, in bits", true, needs_posterior,
           configure_bits_per_dim_measure},
          {"active_units", "number of latents that depend on the image", true, needs_nothing,
           configure_active_units_measure},
          {"codes", "how many codes of a codebook are used, and how evenly", true, no_codes,
           configure_codes_measure},
          {"sparsity", "how few units of a code are active", true, needs_no_posterior,
           configure_sparsity_measure},
          {"bce", "binary cross-entropy of reconstructions", true, needs_images,
           configure_bce_measure},
          {"mse", "squared error of reconstructions", true, needs_nothing, configure_mse_measure},
          {"rmse", "square root of mse", true, needs_nothing, configure_rmse_measure},
          {"psnr", "peak signal-to-noise ratio of reconstructions", true, needs_images,
           configure_psnr_measure},
          {"ssim", "structural similarity of reconstructions", true, needs_images,
           configure_ssim_measure},
          {"book_units",
           "the loss as in Foster's Generative Deep Learning: a factor times the mean error, plus "
           "KL",
           true, no_book_units, configure_book_units_measure},
          {"marginal_nll", "how likely the images are: -log p(x), importance-sampled", false,
           no_marginal_nll, configure_marginal_nll_measure},
          {"marginal_cross_entropy", "the same estimate for grey images, which is not a likelihood",
           false, no_marginal_cross_entropy, configure_marginal_cross_entropy_measure},
          {"information",
           "the KL divergence in three parts: mutual information, total correlation, KL of each "
           "latent",
           false, needs_posterior, configure_information_measure},
          {"reconstruction",
           "likeness of reconstructions: of each kind of image, as a distribution, the worst and "
           "best as a picture",
           false, needs_features, configure_reconstruction_measure},
          {"samples",
           "random samples against the split's images: Frechet distance, KID, precision, recall, "
           "density, coverage, copies",
           false, needs_features, configure_samples_measure},
      });
  return registry;
}

}  // namespace latent
