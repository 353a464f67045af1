#include "session/example_batches.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include "core/random.h"
#include "session/inputs.h"

namespace latent {
namespace {

// A whole split stays as bytes, however large it is.
Subjects whole_split(Split split, const OpenedRun& run) {
  const Examples examples = run.load(split);
  Subjects subjects = some_of(examples, examples.count(), 0);
  subjects.attributes = examples.attributes;
  for (int64_t i = 0; i < examples.count(); ++i) {
    subjects.names.push_back(examples.name(i));
    subjects.places.push_back(i);
  }
  return subjects;
}

}  // namespace

Subjects read_subjects(const Arguments& arguments, const OpenedRun& run) {
  const bool files = arguments.has("files");
  const bool whole = !files && !arguments.has("indices") && arguments.integer("count", 0) == 0;
  Subjects subjects;
  if (whole) {
    subjects = whole_split(parse_split(arguments.text("split")), run);
  } else {
    const Inputs inputs = read_inputs(arguments, run);
    subjects.count = inputs.images.size(0);
    subjects.images = [images = inputs.images](int64_t first, int64_t count) {
      return images.narrow(0, first, count);
    };
    subjects.names = inputs.names;
    subjects.attributes = inputs.attributes;
    subjects.places = inputs.places;
  }
  const std::string word = run.experiment.data.example_word() + "s";
  subjects.what = files ? word + " of your own"
                        : fmt::format("{} of the {} split", word, arguments.text("split"));
  return subjects;
}

Subjects some_of(const Examples& examples, int64_t most, uint64_t seed) {
  if (examples.count() <= most) {
    return {.count = examples.count(), .images = [examples](int64_t first, int64_t count) {
              return examples.images(first, count);
            }};
  }
  auto noise = generator(seed, Stream::kSplit);
  const Tensor some = at::randperm(examples.count(), noise, at::kLong).narrow(0, 0, most);
  return {.count = most, .images = [examples, some](int64_t first, int64_t count) {
            return examples.images(some.narrow(0, first, count));
          }};
}

}  // namespace latent
