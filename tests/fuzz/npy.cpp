// NPY files, and the images in them.
#include "fuzz.h"
#include "sets/array_images.h"

LATENT_FUZZ_TARGET(input) {
  using namespace latent;
  const auto path = fuzz::file_of(input).path();
  const OpenStream open = [=] { return open_stream(path); };
  fuzz::read_or_refuse([&] {
    NpyArray array(open);
    array.rows(array.count() / 2, array.count() - array.count() / 2);
    array.rows(0, 1);  // back again
  });
  fuzz::read_or_refuse([&] {
    NpyArray array(open);
    array.words(0, array.count());
  });
  std::vector<UnreadableImage> unreadable;
  ArrayImages images(open, ArrayOptions{});
  images.read(0, images.count(), unreadable);
}
