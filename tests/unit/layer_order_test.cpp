// The order of the folders: a file includes its own folder and lower ones, never a neighbour.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

// Lowest first. Folders on one line are neighbours: neither includes the other.
const std::vector<std::vector<std::string>> kOrder{
    {"core/text"},
    {"core"},
    {"core/system"},
    {"core/device"},
    {"core/device/cuda"},
    {"config", "image", "format", "kernel", "statistics"},
    {"image/codecs"},
    {"data/prepare"},
    {"data"},
    {"data/folder"},
    {"data/pack"},
    {"data/sets"},
    {"model", "run", "visual"},
    {"model/corruptions"},
    {"objective", "space"},
    {"measure"},
    {"train/optimizer"},
    {"train/checkpoint"},
    {"train"},
    {"session"},
    {"analysis"},
    {"analysis/checkup"},
    {"command/flags"},
    {"command/report"},
    {"command/plot"},
    {"command"},
    {"main.cpp"},
};

// -1: not in the list.
int rank(const std::string& folder) {
  for (size_t i = 0; i < kOrder.size(); ++i) {
    if (std::find(kOrder[i].begin(), kOrder[i].end(), folder) != kOrder[i].end())
      return static_cast<int>(i);
  }
  return -1;
}

std::string complaint(const std::string& from, const std::string& to) {
  if (rank(from) < 0) return from + " is a folder without a rank";
  if (rank(to) < 0) return to + " is a folder without a rank";
  if (from == to || rank(to) < rank(from)) return "";
  return from + " must not include " + to;
}

// All complaints about a file that lies at `path` below src.
std::vector<std::string> check(const fs::path& path, std::istream& in) {
  static const std::regex ours(R"re(\s*#\s*include\s*"([^"]+)/[^"/]*".*)re");
  static const std::regex opencv(R"re(\s*#\s*include\s*[<"]opencv2?/.*)re");
  static const std::regex cuda(R"re(\s*#\s*include\s*[<"]((ATen|c10)/cuda/|cuda).*)re");
  const std::string from = path.has_parent_path() ? path.parent_path().string() : path.string();
  const bool codecs = path.string().starts_with("image/codecs/");
  const bool gpu = path.string().starts_with("core/device/cuda/");
  std::vector<std::string> found;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    const std::string where = path.string() + ":" + std::to_string(number) + ": ";
    std::smatch match;
    if (std::regex_match(line, match, ours)) {
      if (const auto what = complaint(from, match[1]); !what.empty()) found.push_back(where + what);
    }
    if (!codecs && std::regex_match(line, opencv))
      found.push_back(where + "only image/codecs may include OpenCV");
    if (!gpu && std::regex_match(line, cuda))
      found.push_back(where + "only core/device/cuda may include CUDA's headers");
  }
  return found;
}

std::vector<std::string> check_text(const std::string& path, const std::string& text) {
  std::istringstream in(text);
  return check(path, in);
}

TEST(LayerOrder, TheRulesAreEnforced) {
  using List = std::vector<std::string>;
  EXPECT_EQ(check_text("core/a.h", "#include <vector>\n#include \"core/b.h\"\n"), List{});
  EXPECT_EQ(check_text("train/a.h", "#include \"model/b.h\"\n#include \"core/text/b.h\"\n"),
            List{});
  EXPECT_EQ(check_text("data/sets/a.h", "#include \"data/pack/b.h\""), List{});
  EXPECT_EQ(check_text("data/pack/a.h", "#include \"data/sets/b.h\""),
            List{"data/pack/a.h:1: data/pack must not include data/sets"});
  EXPECT_EQ(check_text("core/a.h", "\n#include \"config/b.h\""),
            List{"core/a.h:2: core must not include config"});
  EXPECT_EQ(check_text("model/a.h", "#include \"data/b.h\""),
            List{"model/a.h:1: model must not include data"});
  EXPECT_EQ(check_text("run/a.h", " #  include \"train/b.h\" // why"),
            List{"run/a.h:1: run must not include train"});
  EXPECT_EQ(check_text("core/a.h", "#include \"other/b.h\""),
            List{"core/a.h:1: other is a folder without a rank"});
  EXPECT_EQ(check_text("image/a.cpp", "#include <opencv2/core.hpp>"),
            List{"image/a.cpp:1: only image/codecs may include OpenCV"});
  EXPECT_EQ(check_text("image/codecs/a.cpp", "#include <opencv2/core.hpp>"), List{});
  EXPECT_EQ(check_text("train/a.cpp", "#include <c10/cuda/CUDAStream.h>"),
            List{"train/a.cpp:1: only core/device/cuda may include CUDA's headers"});
  EXPECT_EQ(check_text("core/device/cuda/a.cpp", "#include <c10/cuda/CUDAStream.h>"), List{});
}

TEST(LayerOrder, EveryFileObeysThem) {
  const fs::path root = fs::path(LATENT_TESTS_DIR) / "../src";
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const auto extension = entry.path().extension();
    if (extension != ".h" && extension != ".cpp" && extension != ".cu" && extension != ".cuh")
      continue;
    ++files;
    std::ifstream in(entry.path());
    for (const auto& what : check(entry.path().lexically_relative(root), in))
      ADD_FAILURE() << what;
  }
  EXPECT_GT(files, 50);
}

}  // namespace
