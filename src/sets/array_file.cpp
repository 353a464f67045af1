#include "sets/array_file.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <filesystem>

#include "core/error.h"
#include "core/log.h"
#include "core/text/split.h"
#include "format/values.h"
#include "sets/array_parts.h"
#include "sets/table_guess.h"
#include "sets/table_pictures.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMostImages = 100'000;
constexpr int64_t kBytesAtOnce = int64_t{1} << 26;
constexpr size_t kGuessedRows = 200;

bool has_ending(const std::string& name, const std::string& ending) {
  return lower_case(fs::path(name).extension().string()) == ending;
}

void expect_few(const std::string& file, int64_t count) {
  if (count > kMostImages)
    throw Error(fmt::format("{}: {} images; expected at most {}", file, count, kMostImages));
}

// Leaves out the images that are not `usable`, [N] bool.
ArrayFile keep_usable(const Tensor& pixels, const Tensor& usable, std::vector<std::string> broken) {
  const Tensor kept = usable.nonzero().flatten().contiguous();
  const int64_t* first = kept.const_data_ptr<int64_t>();
  return {pixels.index_select(0, kept), {first, first + kept.numel()}, std::move(broken)};
}

// The name of the array of images in an archive.
std::string images_in(const std::string& file) {
  const auto arrays = headers_of(file);
  const std::string name = names_by_convention(arrays).images;
  if (name.empty()) {
    throw Error(fmt::format("{0}: holds {1}; expected one array of images, or {0}:NAME", file,
                            described(arrays)));
  }
  if (arrays.size() > 1)
    log::info("{0}: its array {1} is read; {0}:NAME reads another", file, name);
  return name;
}

ArrayFile read_numpy(const std::string& file, const ArrayOptions& options) {
  const bool archive = has_ending(file, ".npz");
  const std::string name = archive ? images_in(file) : file;
  const ArrayParts parts = open_arrays(archive ? file : "", {name, "", "", "", "", ""});
  ArrayImages images(parts.train.images, options);
  if (!images.note().empty()) log::info("{}", images.note());
  expect_few(file, images.count());
  const int64_t chunk =
      std::clamp<int64_t>(kBytesAtOnce / std::max<int64_t>(1, images.shape().values()), 1, 1024);
  std::vector<Tensor> pixels;
  std::vector<UnreadableImage> unreadable;
  for (int64_t first = 0; first < images.count(); first += chunk)
    pixels.push_back(images.read(first, std::min(chunk, images.count() - first), unreadable));
  Tensor usable = at::ones({images.count()}, at::kBool);
  std::vector<std::string> broken;
  for (const auto& [index, reason] : unreadable) {
    usable[index] = false;
    broken.push_back(reason);
  }
  return keep_usable(at::cat(pixels), usable, std::move(broken));
}

ArrayFile read_rows_of_pixels(const std::string& file, const ArrayFileOptions& options) {
  TableFormat format = options.table;
  format.label_may_lack = true;
  if (format.label.empty()) format.label = guess_table(read_head(file, kGuessedRows), file).label;
  const Table table = read_table(file, format);
  expect_few(file, table.values.size(0));
  Extent extent;
  extent.add(table.values);
  const PixelRange range = range_of_rows(options.array.range, extent);
  if (const std::string dark = dark_warning(file, extent, range);
      options.array.range.white == 0 && !dark.empty())
    log::info("{}", dark);
  const Tensor lacking = table.incomplete();
  std::vector<std::string> broken;
  for (int64_t row = 0; row < lacking.numel(); ++row) {
    if (lacking[row].item<bool>())
      broken.push_back(fmt::format("{}: row {} lacks a value", file, row));
  }
  const Tensor pixels = table_pictures(file, table.values, options.array.picture, range, extent);
  return keep_usable(pixels, lacking.logical_not(), std::move(broken));
}

}  // namespace

bool is_array_file(const std::string& name) {
  for (const char* ending : {".npy", ".npz", ".csv", ".tsv"}) {
    if (has_ending(name, ending)) return true;
  }
  return name.find(".npz:") != std::string::npos;
}

ArrayFile read_array_file(const std::string& file, const ArrayFileOptions& options) {
  const bool table = has_ending(file, ".csv") || has_ending(file, ".tsv");
  return table ? read_rows_of_pixels(file, options) : read_numpy(file, options.array);
}

std::function<ArrayFile(const std::string&)> array_file_reader(const ImageReading& reading) {
  ArrayFileOptions options;
  options.array.range.black = reading.range.black;
  options.array.range.white = reading.range.white.value_or(0);
  options.array.range.black_key = "data.black";
  options.array.picture.layout_key = "data.layout";
  options.array.picture.shape_key = "data.shape";
  return [options](const std::string& file) { return read_array_file(file, options); };
}

}  // namespace latent
