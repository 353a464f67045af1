// The lists that come with CelebA.
#include "sets/celeba_lists.h"

#include "fuzz.h"

namespace {

// A folder in which the list is a link to the input.
class Folder {
 public:
  Folder() {
    if (::mkdtemp(name_) == nullptr) std::abort();
    std::filesystem::create_symlink(latent::fuzz::file_of("").path(), list());
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(name_, ignored);
  }
  std::filesystem::path path() const { return name_; }

 private:
  std::filesystem::path list() const { return path() / "list.txt"; }
  char name_[32] = "/tmp/latent-fuzz-XXXXXX";
};

}  // namespace

LATENT_FUZZ_TARGET(input) {
  using namespace latent;
  static const Folder folder;
  fuzz::file_of(input);
  const CelebaList list = read_celeba_list(folder.path() / "list.txt");
  if (list.values.size() != list.rows.size() * list.width) std::abort();
}
