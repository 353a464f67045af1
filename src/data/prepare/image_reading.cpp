#include "data/prepare/image_reading.h"

#include <spdlog/fmt/fmt.h>

#include "core/error.h"

namespace latent {

ImageReading read_image_reading(Section& data) {
  ImageReading reading;
  double white = 0;  // which stands for the default
  data.read("white", white, any_number(),
            "value of the files that is shown as white: 4095 for 12-bit values in 16-bit files; 0: "
            "the largest that a file's format can hold");
  data.read("black", reading.range.black, any_number(),
            "value of the files that is shown as black; it may be above white, for negatives");
  data.read("page", reading.page, at_least(1), "page that is read of TIFF files with several");
  if (white == 0) return reading;
  reading.range.white = white;
  if (white == reading.range.black) {
    throw Error(fmt::format("{}: got {}, which data.black is too; expected another value",
                            data.where("white"), white));
  }
  return reading;
}

}  // namespace latent
