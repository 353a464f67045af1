// The CSV of labels of a folder of images.
#include "data/folder/labels.h"

#include "fuzz.h"

LATENT_FUZZ_TARGET(input) {
  using namespace latent;
  const std::vector<std::string> names{"a.png", "b/c.png", "b/d.png"};
  for (const auto& attribute : labels_from_csv(fuzz::file_of(input).path(), names).attributes) {
    if (attribute.values.size(0) != 3) std::abort();
  }
}
