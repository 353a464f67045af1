// Bitmaps of Windows and OS/2.
#pragma once

#include <string>
#include <string_view>

#include "image/raw_image.h"

namespace latent {

/// Decodes a file whose header was read: 1 to 32 bits, run lengths, bit fields. Alpha that is zero
/// everywhere is unused.
/// Throws Error naming `file` for a kind that is not read.
/// Source: Microsoft, "Bitmap Storage"; entropymine.com/jason/bmpsuite.
RawImage read_bmp(std::string_view bytes, const std::string& file);

}  // namespace latent
