#include "image/text.h"

#include <ft2build.h>
#include FT_FREETYPE_H

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <vector>

#include "core/error.h"
#include "core/log.h"
#include "core/text/utf8.h"

namespace latent {
namespace {

constexpr const char* kEllipsis = "\u2026";
constexpr const char* kPlaces[] = {
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",    // Debian, Ubuntu
    "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",  // Fedora
    "/usr/share/fonts/dejavu/DejaVuSans.ttf",             // older Fedora, Alpine
    "/usr/share/fonts/TTF/DejaVuSans.ttf",                // Arch
    "/usr/local/share/fonts/DejaVuSans.ttf",
};

std::string find_font() {
  const char* named = std::getenv("LATENT_FONT");
  if (named != nullptr && *named != '\0') return named;
  for (const char* place : kPlaces) {
    std::error_code ignored;
    if (std::filesystem::exists(place, ignored)) return place;
  }
  return "";
}

/// The font of the program, opened at its first use.
class Font {
 public:
  Font() {
    const std::string file = find_font();
    if (file.empty()) {
      log::warn(
          "no font found, so pictures have no captions; install fonts-dejavu-core or set "
          "LATENT_FONT");
      return;
    }
    if (FT_Init_FreeType(&library_) != 0) throw Error("FreeType cannot be started");
    if (FT_New_Face(library_, file.c_str(), 0, &face_) != 0) {
      FT_Done_FreeType(library_);
      throw Error(file + ": not a font that FreeType can read; set LATENT_FONT to a TrueType file");
    }
  }
  ~Font() {
    if (face_ != nullptr) FT_Done_Face(face_);
    if (face_ != nullptr) FT_Done_FreeType(library_);
  }
  Font(const Font&) = delete;
  Font& operator=(const Font&) = delete;

  explicit operator bool() const { return face_ != nullptr; }

  FT_Face sized(int64_t size) {
    FT_Set_Pixel_Sizes(face_, 0, static_cast<FT_UInt>(size));
    return face_;
  }

 private:
  FT_Library library_ = nullptr;
  FT_Face face_ = nullptr;
};

Font& font() {
  static Font the_font;
  return the_font;
}

// Calls visit(face, pen) for each glyph, loaded; returns the pen after the last. Pens are in 1/64
// pixels.
template <class Visit>
int64_t for_each_glyph(const std::string& text, int64_t size, FT_Int32 flags, Visit&& visit) {
  FT_Face face = font().sized(size);
  int64_t pen = 0;
  FT_UInt previous = 0;
  for (size_t at = 0; at < text.size();) {
    const FT_UInt glyph = FT_Get_Char_Index(face, next_code_point(text, at));
    FT_Vector kerning{};
    if (previous != 0 && glyph != 0)
      FT_Get_Kerning(face, previous, glyph, FT_KERNING_DEFAULT, &kerning);
    previous = glyph;
    pen += kerning.x;
    if (FT_Load_Glyph(face, glyph, flags) != 0) continue;
    visit(face, pen);
    pen += face->glyph->advance.x;
  }
  return pen;
}

void blend(Picture& picture, int64_t x, int64_t y, unsigned coverage, uint8_t ink) {
  if (coverage == 0 || x < 0 || y < 0 || x >= picture.width || y >= picture.height) return;
  uint8_t* pixel = picture.at(x, y);
  for (int64_t c = 0; c < picture.channels; ++c) {
    pixel[c] = static_cast<uint8_t>((pixel[c] * (255 - coverage) + ink * coverage + 127) / 255);
  }
}

}  // namespace

bool can_draw_text() { return static_cast<bool>(font()); }

int64_t text_width(const std::string& text, int64_t size) {
  if (!font()) return 0;
  return (for_each_glyph(text, size, FT_LOAD_DEFAULT, [](FT_Face, int64_t) {}) + 63) / 64;
}

int64_t text_height(int64_t size) {
  if (!font()) return 0;
  const FT_Size_Metrics& metrics = font().sized(size)->size->metrics;
  return (metrics.ascender - metrics.descender + 63) / 64;
}

std::string fit_text(const std::string& text, int64_t size, int64_t width) {
  if (text_width(text, size) <= width) return text;
  std::vector<size_t> ends{0};  // where code points end: none is cut in two
  for (size_t at = 0; at < text.size();) {
    next_code_point(text, at);
    ends.push_back(at);
  }
  for (size_t kept = ends.size() - 2; kept > 0; --kept) {
    const size_t tail = kept / 2;  // code points of the end
    std::string head = text.substr(0, ends[kept - tail]);
    std::string rest = text.substr(ends[ends.size() - 1 - tail]);
    while (!head.empty() && head.back() == ' ')
      head.pop_back();
    const std::string shorter = head + kEllipsis + rest;
    if (text_width(shorter, size) <= width) return shorter;
  }
  return text_width(kEllipsis, size) <= width ? kEllipsis : "";
}

std::vector<std::string> wrap_text(const std::string& text, int64_t size, int64_t width) {
  std::vector<std::string> lines;
  std::istringstream paragraphs(text);
  for (std::string paragraph; std::getline(paragraphs, paragraph);) {
    std::istringstream words(paragraph);
    std::string line;
    for (std::string word; words >> word;) {
      const std::string longer = line.empty() ? word : line + " " + word;
      if (!line.empty() && text_width(longer, size) > width) {
        lines.push_back(fit_text(line, size, width));
        line = word;
      } else {
        line = longer;
      }
    }
    lines.push_back(fit_text(line, size, width));
  }
  if (lines.empty()) lines.push_back("");
  return lines;
}

void draw_text(Picture& picture, int64_t x, int64_t y, const std::string& text, int64_t size,
               uint8_t ink) {
  if (!font()) return;
  const int64_t baseline = y + (font().sized(size)->size->metrics.ascender + 63) / 64;
  for_each_glyph(text, size, FT_LOAD_RENDER, [&](FT_Face face, int64_t pen) {
    const FT_GlyphSlot glyph = face->glyph;
    const FT_Bitmap& bitmap = glyph->bitmap;
    const int64_t left = x + (pen + 32) / 64 + glyph->bitmap_left,
                  top = baseline - glyph->bitmap_top;
    for (int64_t row = 0; row < static_cast<int64_t>(bitmap.rows); ++row) {
      for (int64_t column = 0; column < static_cast<int64_t>(bitmap.width); ++column) {
        blend(picture, left + column, top + row, bitmap.buffer[row * bitmap.pitch + column], ink);
      }
    }
  });
}

}  // namespace latent
