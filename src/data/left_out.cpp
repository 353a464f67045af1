#include "data/left_out.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "core/text/suggest.h"
#include "core/text/utf8.h"

namespace latent {
namespace {

constexpr size_t kMostKinds = 8;  // endings or folders of each remedy that the text names

// Those with one remedy, and the number of their files.
struct SameRemedy {
  std::string remedy;
  std::vector<LeftOut> members;
  int64_t files = 0;
};

// The most files first.
template <class T>
void rank(std::vector<T>& all) {
  std::stable_sort(all.begin(), all.end(),
                   [](const T& a, const T& b) { return a.files > b.files; });
}

std::vector<SameRemedy> by_remedy(const std::vector<LeftOut>& left_out) {
  std::vector<SameRemedy> groups;
  for (const auto& each : left_out) {
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const SameRemedy& g) { return g.remedy == each.remedy; });
    if (group == groups.end()) group = groups.insert(groups.end(), {each.remedy, {}, 0});
    group->members.push_back(each);
    group->files += each.files;
  }
  rank(groups);
  return groups;
}

std::string text_of(SameRemedy group) {
  rank(group.members);
  std::vector<std::string> counts;
  for (size_t i = 0; i < std::min(kMostKinds, group.members.size()); ++i)
    counts.push_back(fmt::format("{} {}", group.members[i].what, group.members[i].files));
  if (group.members.size() > kMostKinds)
    counts.push_back(fmt::format("{} more kinds", group.members.size() - kMostKinds));
  return join(counts) + ": " + group.remedy;
}

}  // namespace

std::string left_out_text(const std::vector<LeftOut>& left_out) {
  int64_t files = 0;
  std::vector<std::string> parts;
  for (const auto& group : by_remedy(left_out)) {
    files += group.files;
    parts.push_back(text_of(group));
  }
  if (files == 0) return "";
  const std::string text = counted(files, "file") + " left out: " + join(parts, "; ");
  return without_controls(text, /*one_line=*/true);  // names may hold line breaks
}

}  // namespace latent
