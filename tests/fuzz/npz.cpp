// NPZ archives.
#include "format/npz.h"

#include "format/npy_array.h"
#include "fuzz.h"

LATENT_FUZZ_TARGET(input) {
  using namespace latent;
  const NpzArchive archive(fuzz::file_of(input).path());
  for (const auto& name : archive.arrays()) {
    fuzz::read_or_refuse([&] {
      NpyArray array([&] { return archive.open(name); });
      if (array.header().is_text()) {
        array.words(0, array.count());
      } else {
        array.rows(0, array.count());
      }
    });
  }
}
