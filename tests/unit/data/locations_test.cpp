#include "data/locations.h"

#include <cstdlib>

#include "unit/expect.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

// Sets an environment variable, or unsets it (nullptr), while it lives.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before, had_ = true;
    set(value);
  }
  ~Variable() { set(had_ ? before_.c_str() : nullptr); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  void set(const char* value) {
    if (value == nullptr) {
      ::unsetenv(name_);
    } else {
      ::setenv(name_, value, 1);
    }
  }

  const char* name_;
  std::string before_;
  bool had_ = false;
};

TEST(Located, LooksHereThenBelowTheVariable) {
  TemporaryFolder root;
  fs::create_directories(root / "flowers/rose");
  const Variable data("LATENT_DATA", root.path().c_str());
  EXPECT_EQ(located("flowers"), root / "flowers");
  EXPECT_EQ(located("data/flowers/rose"), root / "flowers/rose");
  EXPECT_EQ(located("data/none"), "data/none");
  EXPECT_EQ(located(root / "none"), root / "none");
  EXPECT_EQ(located("/"), "/");
  const Variable unset("LATENT_DATA", nullptr);
  EXPECT_EQ(located("data/flowers"), "data/flowers");
}

TEST(DataFolder, IsTheGivenOneElseBelowTheVariableElseData) {
  TemporaryFolder root;
  fs::create_directory(root / "mine");
  const Variable data("LATENT_DATA", root.path().c_str());
  EXPECT_EQ(data_folder("given", "mine"), "given");
  EXPECT_EQ(data_folder("", "mine"), root / "mine");
  expect_error([&] { data_folder("", "no-such-set"); },
               (root / "no-such-set").string() +
                   ": no such folder, nor data/no-such-set; see scripts/fetch_data.sh, or set "
                   "data.dir or LATENT_DATA (now " +
                   root.path().string() + ")");
  const Variable unset("LATENT_DATA", nullptr);
  EXPECT_EQ(data_folder("", "mine"), "data/mine");
}

TEST(CacheFolderOf, FollowsTheVariablesInTheirOrder) {
  const Variable cache("LATENT_CACHE", "/a"), standard("XDG_CACHE_HOME", "/b"), home("HOME", "/c");
  EXPECT_EQ(cache_folder(), "/a");
  const Variable no_cache("LATENT_CACHE", nullptr);
  EXPECT_EQ(cache_folder(), "/b/latent");
  const Variable no_standard("XDG_CACHE_HOME", nullptr);
  EXPECT_EQ(cache_folder(), "/c/.cache/latent");
  const Variable no_home("HOME", nullptr);
  EXPECT_THROW(cache_folder(), Error);
}

}  // namespace
}  // namespace latent
