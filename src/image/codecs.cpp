#include "image/codecs.h"

#include <c10/util/Exception.h>
#include <dlfcn.h>

#include <string>

#include "core/error.h"
#include "core/file.h"
#include "image/codec_table.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr size_t kLargestFile = size_t{1} << 30;

#if LATENT_IMAGE_CODECS

constexpr const char* kModule = "latent_codecs.so";

// Beside the executable in a build tree, in ../lib/latent where it was installed.
fs::path find_module() {
  std::error_code code;
  const fs::path executable = fs::read_symlink("/proc/self/exe", code);
  if (code) throw Error("image codecs: cannot tell where this program lies: " + code.message());
  const fs::path folder = executable.parent_path();
  const fs::path places[] = {folder / kModule, folder.parent_path() / "lib" / "latent" / kModule};
  for (const auto& place : places) {
    if (fs::exists(place, code)) return place;
  }
  throw Error(std::string("image codecs: no ") + kModule + "; looked for " + places[0].string() +
              " and " + places[1].string() + "; build or install it with the program");
}

const CodecTable* load() {
  const fs::path module = find_module();
  // RTLD_LOCAL: OpenCV's symbols, and those of the libraries it pulls in, stay out of LibTorch's
  // sight.
  void* library = ::dlopen(module.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    throw Error("image codecs: cannot be loaded: " + std::string(::dlerror()) +
                "; is OpenCV installed? see scripts/setup.sh");
  }
  void* symbol = ::dlsym(library, kCodecTableSymbol);
  if (symbol == nullptr) throw Error(module.string() + ": not the image codecs of this program");
  return reinterpret_cast<const CodecTable* (*)()>(symbol)();
}

#else

const CodecTable* load() {
  throw Error("image codecs: this build has none; rebuild with -DLATENT_IMAGE_CODECS=ON");
}

#endif

const CodecTable& codecs() {
  static const CodecTable* const table = load();
  return *table;
}

}  // namespace

bool have_codecs() {
  try {
    codecs();
    return true;
  } catch (const Error&) {
    return false;
  }
}

Picture read_image(const fs::path& path, int64_t channels) {
  TORCH_CHECK(channels == 1 || channels == 3, "read_image: got ", channels,
              " channels; expected 1 or 3");
  const std::string bytes = read_file(path, kLargestFile);
  const ImageHeader header =
      read_image_header(bytes, path.string());  // refuses what must not reach a decoder
  return codecs().decode(bytes, header, path.string(), channels);
}

Picture resize(const Picture& picture, int64_t width, int64_t height, Filter filter) {
  TORCH_CHECK(width > 0 && height > 0, "resize: got ", width, "x", height,
              "; expected at least 1x1");
  return codecs().resize(picture, width, height, filter);
}

std::vector<uint8_t> choose_palette(const std::vector<uint8_t>& rgb, int64_t colours) {
  return codecs().palette(rgb, colours);
}

}  // namespace latent
