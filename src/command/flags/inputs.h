// The flags that select the images a command works on: FILES, --split, --indices, --count.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "command/flags/arguments.h"
#include "session/example_batches.h"
#include "session/inputs.h"

namespace latent {

/// Declares FILES, --on-error, --split, --indices and, unless the default is "", --count.
void declare_inputs(cxxopts::Options& options, const std::string& default_count);

/// Reads the images that the command line selects. Resizes files of another size, with a message.
/// counted: whether the command has the --count of declare_inputs.  Throws UsageError for flags
/// that exclude each other, such as FILES and --indices; Error for an index outside the split, an
/// entry of a list that is not in it, a file that is not an image, a folder without images.
ExampleBatch read_inputs(const Arguments& arguments, const OpenedRun& run, bool counted = true);

/// Returns how FILES are read: as --on-error says, else the run's data.on_error. Throws UsageError
/// for another word.
FileReading file_reading(const Arguments& arguments, const OpenedRun& run);

/// Returns the images that the command line selects, to be read batch by batch. Throws as
/// read_inputs does.
ExampleBatches read_example_batches(const Arguments& arguments, const OpenedRun& run);

/// Reads images of the split by index. where: the flag with the indices, for messages.
/// Throws Error for an index outside the split.
ExampleBatch read_split(const std::string& where, Split split, const std::vector<int64_t>& indices,
                        const OpenedRun& run);

/// Images of the split that a file lists by name or index (data/selection/example_list.h), in its
/// order. Throws Error for an entry that is not in the split.
ExampleBatch read_list(const std::filesystem::path& file, Split split, const OpenedRun& run);

/// Returns a name for pictures of these inputs: "files", "test-3-17", "test-first-10", "test" for
/// all, "test-FILE" for --indices @FILE.txt.
std::string inputs_stem(const Arguments& arguments);

}  // namespace latent
