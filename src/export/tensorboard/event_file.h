// Files of events that TensorBoard reads. Format of the records:
// https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/lib/io/record_writer.h; of
// the events: tensorflow/core/util/event.proto and core/framework/summary.proto of the same
// repository.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace latent::tensorboard {

/// Returns the masked CRC-32C that stands behind the length and the data of a record.
uint32_t masked_checksum(std::string_view bytes);

/// Returns the bytes as a record of such a file: length, checksum, data, checksum.
std::string record(std::string_view data);

/// How often values lie in ranges.
struct HistogramCounts {
  double least = 0, most = 0, count = 0, sum = 0, squares = 0;
  std::vector<double> limits;  // upper ends of the ranges
  std::vector<double> counts;  // in each
};

/// Counts the values in `ranges` equal ranges from the least to the largest one. Values that are
/// not finite are left out.
HistogramCounts count_values(const std::vector<double>& values, int64_t ranges);

/// The values of one step.
class Summary {
 public:
  void add_scalar(const std::string& tag, double value);
  /// png: the bytes of the file.
  void add_picture(const std::string& tag, int64_t width, int64_t height, std::string_view png);
  void add_histogram(const std::string& tag, const HistogramCounts& counts);
  /// text: Markdown.
  void add_text(const std::string& tag, const std::string& text);

  const std::string& encoded() const { return encoded_; }

 private:
  std::string encoded_;
};

/// A file of events that grows: it is not written atomically, and a reader takes all records that
/// are whole.
class EventFile {
 public:
  /// Makes a new file in the folder, named after the time, the machine and the process. Readers
  /// drop the values of earlier files from `first_step` on: those steps are trained again. Throws
  /// Error naming the file if it cannot be written.
  EventFile(const std::filesystem::path& folder, int64_t first_step);

  /// Appends the values and hands them to the system. Throws Error if that fails.
  void write(const Summary& summary, int64_t step);

  const std::filesystem::path& path() const { return path_; }

 private:
  void append(const std::string& event);

  std::filesystem::path path_;
  std::ofstream out_;
};

}  // namespace latent::tensorboard
