// Runs gnuplot as a process: it reads a script and returns a picture.
#pragma once

#include <filesystem>
#include <string>

namespace latent::visual {

/// Returns the text as a single-quoted gnuplot string, the only kind in which gnuplot interprets
/// nothing.
std::string quoted(const std::string& text);

/// Returns a number as gnuplot reads it; NaN if it is not finite, which leaves a gap in a line.
std::string number(double value);

/// Returns the `set terminal` for the file's extension, .png or .svg.  width, height: pixels.
/// Throws Error for any other extension.
std::string terminal(const std::filesystem::path& path, int width, int height);

/// Returns commands for title, axis labels, thin borders and a faint grid.
std::string axes(const std::string& title, const std::string& x_label, const std::string& y_label);

/// Runs the script, which must set a terminal but no output, and writes what it draws to `path`
/// atomically. Throws Error naming the package if there is no gnuplot, or with gnuplot's own
/// message.
void run_gnuplot(const std::string& script, const std::filesystem::path& path);

}  // namespace latent::visual
