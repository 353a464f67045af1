#include "report/headlines.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/text/suggest.h"

namespace latent {
namespace {

constexpr const char* kNone = "-";

// A figure of the run and of the yardsticks, as a row.
class HeadlineRow {
 public:
  HeadlineRow(std::string figure, int decimals, double value)
      : cells_{std::move(figure), text(value, decimals), kNone, kNone, kNone, ""},
        decimals_(decimals) {}
  HeadlineRow& pca(double value) { return set(2, value); }
  HeadlineRow& mean(double value) { return set(3, value); }
  HeadlineRow& best(double value) { return set(4, value); }
  std::vector<std::string> reads(std::string words) {
    cells_.back() = std::move(words);
    return cells_;
  }

 private:
  static std::string text(double value, int decimals) {
    return fmt::format("{:.{}f}", value, decimals);
  }
  HeadlineRow& set(size_t place, double value) {
    cells_[place] = text(value, decimals_);
    return *this;
  }

  std::vector<std::string> cells_;
  int decimals_;
};

double percent(double part, double whole) { return whole > 0 ? 100 * part / whole : 0; }

std::vector<std::string> error_row(const HeadlineFacts& facts) {
  const double mse = *facts.mse, mean = facts.yardsticks.mean.mse;
  HeadlineRow row("squared error per value", 5, mse);
  row.mean(mean).best(0);
  std::string words = fmt::format("Less is better. {:.0f}% of the error of the mean {} is left",
                                  percent(mse, mean), facts.noun);
  if (const auto& pca = facts.yardsticks.pca) {
    row.pca(pca->mse);
    words += fmt::format(", and {:.0f}% of that of PCA", percent(mse, pca->mse));
    if (mse > pca->mse) words += ": a linear model with as many numbers does better";
  }
  return row.reads(words + ".");
}

std::vector<std::string> psnr_row(const HeadlineFacts& facts) {
  HeadlineRow row("PSNR, dB", 2, *facts.psnr);
  row.mean(facts.yardsticks.mean.psnr);
  std::string words = "More is better; 3 dB halve the squared error.";
  if (const auto& pca = facts.yardsticks.pca) {
    row.pca(pca->psnr);
    words += fmt::format(" {:.1f} dB {} than PCA.", std::abs(*facts.psnr - pca->psnr),
                         *facts.psnr >= pca->psnr ? "more" : "less");
  }
  return row.reads(words);
}

std::vector<std::string> ssim_row(const HeadlineFacts& facts) {
  HeadlineRow row("SSIM", 3, *facts.ssim);
  row.mean(facts.yardsticks.mean.ssim).best(1);
  if (facts.yardsticks.pca) row.pca(facts.yardsticks.pca->ssim);
  return row.reads("Likeness of edges and textures: 1 for equal images, low for blurred ones.");
}

std::vector<std::string> entropy_row(const HeadlineFacts& facts) {
  const double floor = facts.yardsticks.entropy;
  HeadlineRow row("cross-entropy, nats", 1, *facts.cross_entropy);
  row.mean(facts.yardsticks.mean.cross_entropy).best(floor);
  if (facts.yardsticks.pca) row.pca(facts.yardsticks.pca->cross_entropy);
  return row.reads(
      fmt::format("Even a perfect copy costs {:.1f} nats, because its values are grey; the model "
                  "costs {:.1f} more, the mean {} {:.1f}.",
                  floor, *facts.cross_entropy - floor, facts.noun,
                  facts.yardsticks.mean.cross_entropy - floor));
}

std::vector<std::string> rate_row(const HeadlineFacts& facts) {
  std::string words = fmt::format("The latents of one {} carry {:.1f} bits.", facts.noun,
                                  *facts.kl / std::numbers::ln2);
  if (facts.noun == "image")
    words += fmt::format(" Its pixels are stored in {} bits.", 8 * facts.values);
  return HeadlineRow("KL divergence, nats", 2, *facts.kl).reads(words);
}

std::vector<std::string> active_row(const HeadlineFacts& facts) {
  const int64_t idle = facts.latents - *facts.active;
  HeadlineRow row("active latents", 0, static_cast<double>(*facts.active));
  row.best(static_cast<double>(facts.latents));
  if (idle == 0) return row.reads(fmt::format("Every latent depends on the {}.", facts.noun));
  return row.reads(fmt::format("{} nearly the same for every {} and could be left out.",
                               idle == 1 ? "1 latent is" : fmt::format("{} latents are", idle),
                               facts.noun));
}

std::vector<std::string> loss_row(const HeadlineFacts& facts) {
  const auto [training, validation] = *facts.losses;
  std::string words = fmt::format(
      "{:.2f} {} than the training loss, which is measured while the model learns; far above it "
      "would be overfitting.",
      std::abs(validation - training), validation >= training ? "more" : "less");
  if (facts.validated_on_test)
    words += " The validation images are the test images: the best epoch was chosen on them.";
  return HeadlineRow("validation loss, nats", 2, validation).reads(words);
}

// Above this share of the training loss a higher validation loss is called overfitting.
constexpr double kOverfitting = 0.05;

}  // namespace

std::vector<std::string> headline_columns(const HeadlineFacts& facts) {
  const auto& yardsticks = facts.yardsticks;
  return {"figure",
          "this run",
          yardsticks.pca ? "PCA, " + counted(yardsticks.components, "component") : "PCA",
          "mean " + facts.noun,
          "best possible",
          "in words"};
}

std::vector<std::vector<std::string>> headlines(const HeadlineFacts& facts) {
  std::vector<std::vector<std::string>> rows;
  if (facts.mse) rows.push_back(error_row(facts));
  if (facts.psnr) rows.push_back(psnr_row(facts));
  if (facts.ssim) rows.push_back(ssim_row(facts));
  if (facts.cross_entropy) rows.push_back(entropy_row(facts));
  if (facts.kl) rows.push_back(rate_row(facts));
  if (facts.active) rows.push_back(active_row(facts));
  if (facts.losses) rows.push_back(loss_row(facts));
  return rows;
}

std::string verdict(const HeadlineFacts& facts) {
  const std::string explained = explained_text(facts);
  if (explained.empty()) return "";
  std::string text = "In short: " + explained + ".";
  if (const auto& pca = facts.yardsticks.pca) {
    text += *facts.mse < pca->mse
                ? " It keeps more than a linear model with as many numbers."
                : " A linear model with as many numbers keeps as much: train longer, or let the "
                  "latents carry more.";
  }
  if (facts.losses) {
    const auto [training, validation] = *facts.losses;
    text += validation - training > kOverfitting * std::abs(training)
                ? " The validation loss is far above the training loss: it overfits."
                : " It does not overfit.";
  }
  return text;
}

std::string explained_text(const HeadlineFacts& facts) {
  const double spread = facts.yardsticks.mean.mse;
  if (!facts.mse || !(spread > 0)) return "";
  const double explained = 1 - *facts.mse / spread;
  std::string text =
      explained > 0
          ? fmt::format("reconstructions explain {:.1f}% of the variance", 100 * explained)
          : fmt::format("reconstructions are no better than the mean {}", facts.noun);
  if (const auto& pca = facts.yardsticks.pca) {
    text += fmt::format("; PCA with {} explains {:.1f}%",
                        counted(facts.yardsticks.components, "component"),
                        100 * (1 - pca->mse / spread));
  }
  return text;
}

}  // namespace latent
