// The order of the folders: a file includes its own folder and lower ones, never a neighbour.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const std::map<std::string, int> kRanks{
    {"core", 0},  {"config", 1},  {"image", 1},   {"kernel", 1},    {"data", 2},
    {"model", 2}, {"run", 2},     {"visual", 2},  {"objective", 3}, {"space", 3},
    {"train", 4}, {"command", 5}, {"main.cpp", 6}};

std::string complaint(const std::string& from, const std::string& to) {
  const auto source = kRanks.find(from), target = kRanks.find(to);
  if (source == kRanks.end()) return from + " is a folder without a rank";
  if (target == kRanks.end()) return to + " is a folder without a rank";
  if (from == to || target->second < source->second) return "";
  return from + " must not include " + to;
}

// All complaints about a file that lies at `path` below src.
std::vector<std::string> check(const fs::path& path, std::istream& in) {
  static const std::regex ours(R"re(\s*#\s*include\s*"([^"/]+)/[^"]*".*)re");
  static const std::regex opencv(R"re(\s*#\s*include\s*[<"]opencv2?/.*)re");
  static const std::regex cuda(R"re(\s*#\s*include\s*[<"]((ATen|c10)/cuda/|cuda).*)re");
  const std::string from = path.begin()->string();
  const bool codecs = path.string().starts_with("image/codecs/");
  const bool gpu = path.string().starts_with("core/cuda/");
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
      found.push_back(where + "only core/cuda may include CUDA's headers");
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
  EXPECT_EQ(check_text("train/a.h", "#include \"model/b.h\"\n#include \"core/b.h\"\n"), List{});
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
            List{"train/a.cpp:1: only core/cuda may include CUDA's headers"});
  EXPECT_EQ(check_text("core/cuda/a.cpp", "#include <c10/cuda/CUDAStream.h>"), List{});
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
