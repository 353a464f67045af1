#include "command/output/name_index.h"

#include <ATen/ATen.h>

#include "core/system/file.h"
#include "format/table.h"

namespace latent {

void write_name_index(const Arguments& arguments, const std::vector<std::string>& names,
                      const std::filesystem::path& picture, std::vector<std::string>& written) {
  if (!arguments.has("files")) return;
  const auto path = picture.parent_path() / (picture.stem().string() + "-names.csv");
  const Tensor numbers = at::arange(1, static_cast<int64_t>(names.size()) + 1, at::kDouble);
  if (path.has_parent_path()) make_directories(path.parent_path());
  write_csv(path, {{.name = "index", .words = {}, .numbers = numbers},
                   {.name = "name", .words = names, .numbers = {}}});
  written.push_back(path.string());
}

}  // namespace latent
