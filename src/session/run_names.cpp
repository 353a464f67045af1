#include "session/run_names.h"

#include <algorithm>

#include "core/error.h"
#include "core/log_detail.h"
#include "core/system/file.h"

namespace latent {
namespace {

bool is_plain(const std::string& name) {
  return !name.empty() && std::none_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

}  // namespace

void write_run_names(const RunDirectory& run, const std::vector<Attribute>& attributes,
                     const std::vector<std::string>& samplers) {
  std::string text;
  for (const auto& attribute : attributes) {
    if (is_plain(attribute.name)) text += "attribute " + attribute.name + "\n";
  }
  for (const auto& sampler : samplers)
    text += "sampler " + sampler + "\n";
  const auto file = run.cache("names.txt");
  try {
    make_directories(file.parent_path());
    write_file(file, text);
  } catch (const Error& failure) {
    log::detail("{}", failure.what());
  }
}

}  // namespace latent
