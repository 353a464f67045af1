// A loss in the units of the book whose models `configs/` holds (Foster, Generative Deep Learning):
// factor * mean error per value + KL, from sampled latents.
#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>

#include "measure/image_quality.h"
#include "measure/latents.h"
#include "measure/needs.h"

namespace latent {
namespace {

// The error that the book weights for a likelihood, and its weight.
struct BookError {
  double factor;
  const char* name;
  double (*sum)(const MeasuredBatch&);  // over the images, of the mean error per value
};

double cross_entropy_sum(const MeasuredBatch& batch) {
  return static_cast<double>(batch.images.size(0)) *
         cross_entropy(batch.images, batch.sampled).mean().item<double>();
}

double squared_error_sum(const MeasuredBatch& batch) {
  return mean_squared_error(batch.images, batch.sampled).sum().item<double>();
}

// likelihood: section `objective.likelihood` of the resolved config.
std::optional<BookError> book_error(const nlohmann::ordered_json& likelihood) {
  const auto& name = likelihood.at("name");
  if (name == "bernoulli") return BookError{500, "BCE", cross_entropy_sum};
  if (name == "gaussian" && likelihood.at("sigma") == "fixed" && likelihood.at("value") == 1.0)
    return BookError{2000, "squared error", squared_error_sum};
  return std::nullopt;
}

std::optional<BookError> book_error_of(const MeasureContext& context) {
  return book_error(context.config.at("objective").at("likelihood"));
}

class BookUnits : public Measure {
 public:
  explicit BookUnits(const MeasureContext& context) : error_(book_error_of(context).value()) {}
  void add(const MeasuredBatch& batch) override {
    const Tensor kl = posterior_kl(batch.output.latent).sum(0);
    kl_ = kl_.defined() ? kl_ + kl : kl;
    sum_ += error_.sum(batch);
    count_ += batch.images.size(0);
  }
  std::vector<Figure> figures() const override {
    const auto n = static_cast<double>(count_);
    const double error = error_.factor * (sum_ / n), kl = (kl_ / n).sum().item<double>();
    return {
        {.name = "factor",
         .value = error_.factor,
         .meaning = "weight of the error",
         .count = count_,
         .decimals = 1},
        {.name = "reconstruction",
         .value = error,
         .meaning = fmt::format("{:.0f} x mean {}", error_.factor, error_.name),
         .count = count_},
        {.name = "kl", .value = kl, .unit = "nats", .meaning = "KL divergence", .count = count_},
        {.name = "total",
         .value = error + kl,
         .meaning = "reconstruction + kl: the loss in Foster, Generative Deep Learning",
         .count = count_}};
  }

 private:
  BookError error_;
  double sum_ = 0;
  Tensor kl_;  // [Z] float64
  int64_t count_ = 0;
};

}  // namespace

std::string no_book_units(const MeasureContext& context) {
  if (const std::string why_not = needs_images(context); !why_not.empty()) return why_not;
  if (const std::string why_not = needs_posterior(context); !why_not.empty()) return why_not;
  if (book_error_of(context)) return "";
  return "needs objective.likelihood bernoulli, or gaussian with sigma fixed at 1, as in the book; "
         "the run has another";
}

MeasureMaker configure_book_units_measure(Section& section) {
  return configure_plain<BookUnits>(section);
}

}  // namespace latent
