#include "core/system/module.h"

#include <dlfcn.h>

#include <filesystem>

#include "core/error.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

// The folder of the file that holds this function: the program, or liblatent.so in another program.
fs::path folder_of_this() {
  Dl_info info{};
  if (::dladdr(reinterpret_cast<void*>(&module_symbol), &info) == 0 || info.dli_fname == nullptr)
    return {};
  std::error_code code;
  const fs::path file = fs::canonical(info.dli_fname, code);
  return file.parent_path();
}

fs::path find_module(const std::string& file, const std::string& what) {
  std::error_code code;
  const fs::path executable = fs::read_symlink("/proc/self/exe", code);
  if (code) throw Error(what + ": cannot find the folder of this program: " + code.message());
  const fs::path folder = executable.parent_path();
  const fs::path places[] = {folder / file, folder.parent_path() / "lib" / "latent" / file,
                             folder_of_this() / "latent" / file};
  for (const auto& place : places) {
    if (fs::exists(place, code)) return place;
  }
  throw Error(what + ": no " + file + "; looked for " + places[0].string() + " and " +
              places[1].string() + "; build or install it with the program");
}

}  // namespace

void* module_symbol(const std::string& file, const std::string& symbol, const std::string& what,
                    const std::string& remedy) {
  const fs::path module = find_module(file, what);
  // RTLD_LOCAL: its symbols, and those of the libraries it pulls in, stay out of LibTorch's sight.
  void* library = ::dlopen(module.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr)
    throw Error(what + ": cannot be loaded: " + std::string(::dlerror()) + "; " + remedy);
  void* found = ::dlsym(library, symbol.c_str());
  if (found == nullptr) throw Error(module.string() + ": not the " + what + " of this program");
  return found;
}

}  // namespace latent
