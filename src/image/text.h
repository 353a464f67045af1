// Drawing UTF-8 text into pictures with FreeType and the system's DejaVu Sans.
#pragma once

#include <string>
#include <vector>

#include "image/picture.h"

namespace latent {

/// Returns true if there is a font: DejaVuSans in its usual folders, or the file that LATENT_FONT
/// names. If there is none, the first call warns once, and the functions below measure 0 and draw
/// nothing. Not thread-safe. Throws Error if LATENT_FONT names a file that is not a font.
bool can_draw_text();

/// Returns the width of a line in pixels. size: pixels per em. Bytes that are not UTF-8 count as
/// U+FFFD, line breaks and other control characters as spaces.
int64_t text_width(const std::string& text, int64_t size);

/// Returns the pixels from the top of the tallest letters to the bottom of the lowest.
int64_t text_height(int64_t size);

/// Returns the text if it is at most `width` wide, else its beginning and its end with an ellipsis
/// between them: names of files differ at their ends, and frames end with a percentage. "" if not
/// even the ellipsis fits.
std::string fit_text(const std::string& text, int64_t size, int64_t width);

/// Returns the text in lines of at most `width`, broken at spaces; a longer word is shortened as
/// fit_text does. Line breaks in the text stay. At least one line.
std::vector<std::string> wrap_text(const std::string& text, int64_t size, int64_t width);

/// Draws a line with its upper left corner at (x, y), clipped to the picture. ink: 0 to 255.
void draw_text(Picture& picture, int64_t x, int64_t y, const std::string& text, int64_t size,
               uint8_t ink);

}  // namespace latent
