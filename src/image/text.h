// UTF-8 text drawn into pictures with FreeType and the system's DejaVu Sans.
#pragma once

#include <string>

#include "image/picture.h"

namespace latent {

/// True if there is a font: DejaVuSans at its usual places, or the file that LATENT_FONT names. If
/// there is none, the first call warns once, and everything below measures 0 and draws nothing. Not
/// for use by several threads at once. Throws Error if LATENT_FONT names a file that is no font.
bool can_draw_text();

/// Pixels from the first glyph's origin to after the last one's. size: pixels per em. Bytes that
/// are not UTF-8 count as U+FFFD, line breaks and other control characters as spaces.
int64_t text_width(const std::string& text, int64_t size);

/// Pixels from the top of the tallest letters to the bottom of the deepest.
int64_t text_height(int64_t size);

/// The text itself if it is at most `width` wide, else its longest beginning that is, with an
/// ellipsis; "" if not even the ellipsis fits.
std::string fit_text(const std::string& text, int64_t size, int64_t width);

/// Draws with the upper left corner of the line at (x, y); what lies outside the picture is left
/// out. ink: 0 to 255.
void draw_text(Picture& picture, int64_t x, int64_t y, const std::string& text, int64_t size,
               uint8_t ink);

}  // namespace latent
