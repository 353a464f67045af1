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

using Levels = std::vector<std::vector<std::string>>;

// Lowest first. Rooms on one line are neighbours: neither includes the other.
const Levels kRooms{{"core"},
                    {"config", "image", "format", "kernel", "statistics"},
                    {"data", "model", "run", "visual"},
                    {"folder", "objective", "space"},
                    {"measure", "pack"},
                    {"sets", "train"},
                    {"session"},
                    {"prior"},
                    {"analysis"},
                    {"explore", "export", "library", "report"},
                    {"command"},
                    {"shell"},
                    {"main.cpp"}};

// The order inside a room that has sub-folders.
const Levels kFolders{{"core/text", "image", "kernel", "data/prepare", "model", "train/optimizer",
                       "analysis/features", "command/flags", "explore", "space/disentanglement",
                       "export/onnx", "export/tensorboard"},
                      {"core", "image/codecs", "kernel/cuda", "data", "model/corruptions",
                       "train/checkpoint", "analysis", "command/output", "explore/http", "session"},
                      {"core/system", "data/selection", "train", "analysis/checkup", "command/plot",
                       "command/detection", "session/sweep"},
                      {"core/device", "command"},
                      {"core/device/cuda", "core/distributed"},
                      {"core/distributed/c10d"},
                      {"core/distributed/nccl"}};

// The level that `name` stands on, or -1.
int rank(const Levels& levels, const std::string& name) {
  for (size_t i = 0; i < levels.size(); ++i) {
    if (std::find(levels[i].begin(), levels[i].end(), name) != levels[i].end())
      return static_cast<int>(i);
  }
  return -1;
}

std::string room_of(const std::string& folder) { return folder.substr(0, folder.find('/')); }

bool has_rank(const std::string& folder) {
  const bool whole = room_of(folder) == folder;
  return rank(kRooms, room_of(folder)) >= 0 && (whole || rank(kFolders, folder) >= 0);
}

std::string complaint(const std::string& from, const std::string& to) {
  for (const auto& folder : {from, to}) {
    if (!has_rank(folder)) return folder + " is a folder without a rank";
  }
  const std::string room = room_of(from), other = room_of(to);
  const bool lower = room == other ? rank(kFolders, to) < rank(kFolders, from)
                                   : rank(kRooms, other) < rank(kRooms, room);
  return from == to || lower ? "" : from + " must not include " + to;
}

// All complaints about a file that lies at `path` below src.
std::vector<std::string> check(const fs::path& path, std::istream& in) {
  static const std::regex ours(R"re(\s*#\s*include\s*"([^"]+)/[^"/]*".*)re");
  static const std::regex opencv(R"re(\s*#\s*include\s*[<"]opencv2?/.*)re");
  static const std::regex cuda(R"re(\s*#\s*include\s*[<"]((ATen|c10)/cuda/|cuda).*)re");
  const std::string from = path.has_parent_path() ? path.parent_path().string() : path.string();
  const bool codecs = path.string().starts_with("image/codecs/");
  const bool gpu = path.parent_path().filename() == "cuda";
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
      found.push_back(where + "only folders called cuda may include CUDA's headers");
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
  EXPECT_EQ(check_text("command/a.h", "#include \"command/output/b.h\""), List{});
  EXPECT_EQ(check_text("command/output/a.h", "#include \"command/plot/b.h\""),
            List{"command/output/a.h:1: command/output must not include command/plot"});
  EXPECT_EQ(check_text("report/a.h", "#include \"command/flags/b.h\""),
            List{"report/a.h:1: report must not include command/flags"});
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
            List{"train/a.cpp:1: only folders called cuda may include CUDA's headers"});
  EXPECT_EQ(check_text("core/device/cuda/a.cpp", "#include <c10/cuda/CUDAStream.h>"), List{});
  EXPECT_EQ(check_text("kernel/cuda/a.cu", "#include <cuda_bf16.h>"), List{});
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
