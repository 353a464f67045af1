#include "command/report/one_file_each.h"

namespace latent {

SeparateFiles::SeparateFiles(const visual::Gallery& gallery, const Arguments& arguments,
                             const OpenedRun& run, const std::string& command, std::string what)
    : gallery_(gallery),
      folder_(arguments.folder(run.directory.image(command, "x").parent_path(),
                               "each of the FILES gets a picture of its own")),
      what_(std::move(what)) {}

void SeparateFiles::write(const std::string& file, const Tensor& image) {
  const std::string stem = std::filesystem::path(file).stem().string();
  std::string name = stem;
  for (int number = 2; !taken_.insert(name).second; ++number)
    name = stem + "-" + std::to_string(number);
  const auto path = folder_ / (name + "-" + what_ + ".png");
  gallery_.write_single(path, image);
  written_.push_back(path.string());
}

}  // namespace latent
