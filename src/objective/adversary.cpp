#include "objective/adversary.h"

namespace latent {

void AdversaryOptions::read(Section& section) {
  section.read("learning_rate", learning_rate, more_than(0), "learning rate of the adversary");
  section.read("beta1", beta1, from_below(0, 1), "decay of Adam's mean of its gradient");
  section.read("beta2", beta2, from_below(0, 1), "decay of Adam's mean of its squared gradient");
}

}  // namespace latent
