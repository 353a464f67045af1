#include "objective/output.h"

#include <ATen/ATen.h>

namespace latent {

OutputActivation::OutputActivation(Section& likelihood) {
  likelihood.read("output", name_, OneOf{{"linear", "sigmoid"}},
                  "activation from the decoder's output to the mean; sigmoid keeps it in [0, 1]");
}

Tensor OutputActivation::mean(const Tensor& decoded) const {
  return name_ == "sigmoid" ? at::sigmoid(decoded) : decoded;
}

}  // namespace latent
