#include "objective/output.h"

#include <ATen/ATen.h>

#include "model/activation.h"

namespace latent {

OutputActivation::OutputActivation(Section& likelihood) {
  likelihood.read("output", name_, OneOf{{"linear", "sigmoid"}},
                  "activation from the decoder's output to the mean; sigmoid keeps it in [0, 1]");
}

Tensor OutputActivation::mean(const Tensor& decoded) const {
  return name_ == "sigmoid" ? at::sigmoid(decoded) : decoded;
}

LayerSpec OutputActivation::spec() const {
  return activation_spec(name_ == "linear" ? "none" : name_);
}

}  // namespace latent
