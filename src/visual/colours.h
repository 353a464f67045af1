// Colours that people tell apart in every common kind of colour blindness.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace latent::visual {

/// 0xRRGGBB for a line, repeating after kLineColours.  Source: Okabe and Ito 2008, "Color universal
/// design".
uint32_t line_colour(size_t index);
constexpr size_t kLineColours = 8;

/// 0xRRGGBB for one of kClassColours classes of points, repeating after them.  Source: Tol 2021,
/// "Colour schemes", the muted scheme and black.
uint32_t class_colour(size_t index);
constexpr size_t kClassColours = 10;
/// For points without a class, or of those beyond the tenth.
constexpr uint32_t kOtherColour = 0xb0b0b0;

/// 0xRRGGBB for a number: 0 is dark, 1 bright, rising evenly in lightness.  Source: viridis, van
/// der Walt and Smith 2015.
uint32_t scale_colour(double share);

/// "#0072b2".
std::string hex(uint32_t colour);

}  // namespace latent::visual
