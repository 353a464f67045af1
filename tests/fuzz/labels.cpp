// The table of labels of a folder of images.
#include "folder/labels.h"

#include "core/text/normal_form.h"
#include "fuzz.h"

LATENT_FUZZ_TARGET(input) {
  using namespace latent;
  const std::string once = folded(std::string(input));
  if (folded(once) != once) std::abort();
  const std::vector<std::string> names{"a.png", "b/c.png", "b/d.png", "d/c.png",
                                       "bla\u030ab\u00e6r.jpg"};
  const auto labels = labels_from_csv(fuzz::file_of(input).path(), names);
  for (const auto& attribute : labels.attributes) {
    if (attribute.values.size(0) != static_cast<int64_t>(names.size())) std::abort();
    if (attribute.unknown() == attribute.values.size(0)) std::abort();
  }
}
