// The flags that say how pictures and charts look, the same for every command that draws.
#pragma once

#include "command/flags/arguments.h"
#include "visual/look.h"

namespace latent {

/// What a command draws: the run's data decide whether examples are pictures or charts. The columns
/// of strips and plots follow from what they show, so they take no --columns.
enum class Draws { kPictures, kCharts, kBoth, kStrips, kPlots };

/// Declares --title, --width, --height, --columns and, for pictures, --scale, --smooth and
/// --captions, for charts --font-size and --dpi.
void declare_look(cxxopts::Options& options, Draws draws);

/// Reads the flags that were declared and matter for what is drawn; main warns of the others.
/// --captions is left to the command, which knows the names.  Throws UsageError for a flag out of
/// range.
visual::Look read_look(const Arguments& arguments, Draws drawn);

/// Reads the flags for examples of a run: charts of a table's rows, or pictures.
visual::Look read_look_for(const Arguments& arguments, bool table);

/// Returns the names for the captions if --captions is given.
std::vector<std::string> asked_captions(const Arguments& arguments,
                                        const std::vector<std::string>& names);

}  // namespace latent
