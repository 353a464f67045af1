// Colours that people with any common kind of colour blindness can distinguish.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace latent::visual {

/// Returns 0xRRGGBB for a line; colours repeat after kLineColours.  Source: Okabe and Ito 2008,
/// "Color universal design".
uint32_t line_colour(size_t index);
constexpr size_t kLineColours = 8;

/// Returns 0xRRGGBB for a class of points; colours repeat after kClassColours.  Source: Tol 2021,
/// "Colour schemes", the muted scheme and black.
uint32_t class_colour(size_t index);
constexpr size_t kClassColours = 10;
/// The colour of points without a class, or of the classes that have no colour of their own.
constexpr uint32_t kOtherColour = 0xb0b0b0;

/// Returns 0xRRGGBB for a number from 0 (dark) to 1 (bright), with evenly rising lightness. Source:
/// viridis, van der Walt and Smith 2015.
uint32_t scale_colour(double share);

/// Returns "#0072b2".
std::string hex(uint32_t colour);

}  // namespace latent::visual
