#include "folder/split_folders.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/error.h"
#include "core/text/split.h"

namespace latent {
namespace {

bool cut_end(std::string& text, std::string_view end) {
  if (text.size() <= end.size() || !text.ends_with(end)) return false;
  text.erase(text.size() - end.size());
  return true;
}

// "Train-Set 2" becomes "train".
std::string bare_name(std::string name) {
  for (char& letter : name) {
    const auto byte = static_cast<unsigned char>(letter);
    letter = letter == '-' || letter == ' ' || letter == '.'
                 ? '_'
                 : static_cast<char>(std::tolower(byte));
  }
  const auto cut_digits = [&] {
    while (!name.empty() &&
           (std::isdigit(static_cast<unsigned char>(name.back())) != 0 || name.back() == '_'))
      name.pop_back();
  };
  cut_digits();
  for (const std::string_view end :
       {"set", "data", "folder", "split", "images", "image", "imgs", "img"}) {
    if (cut_end(name, end)) break;
  }
  cut_digits();
  for (const std::string_view start : {"seg_", "images_", "image_", "imgs_", "img_", "data_"}) {
    if (name.size() > start.size() && name.starts_with(start)) return name.substr(start.size());
  }
  return name;
}

std::optional<Split> exact_split(const std::string& name) {
  if (name == "train") return Split::kTrain;
  if (name == "validation" || name == "valid" || name == "val") return Split::kValidation;
  if (name == "test") return Split::kTest;
  return std::nullopt;
}

}  // namespace

std::optional<Split> split_called(const std::string& folder) {
  static const std::map<std::string, Split> names{{"train", Split::kTrain},
                                                  {"training", Split::kTrain},
                                                  {"trn", Split::kTrain},
                                                  {"val", Split::kValidation},
                                                  {"valid", Split::kValidation},
                                                  {"validation", Split::kValidation},
                                                  {"validate", Split::kValidation},
                                                  {"validating", Split::kValidation},
                                                  {"dev", Split::kValidation},
                                                  {"development", Split::kValidation},
                                                  {"test", Split::kTest},
                                                  {"testing", Split::kTest},
                                                  {"tst", Split::kTest},
                                                  {"eval", Split::kTest},
                                                  {"evaluation", Split::kTest},
                                                  {"holdout", Split::kTest}};
  const auto found = names.find(bare_name(folder));
  if (found == names.end()) return std::nullopt;
  return found->second;
}

std::optional<Split> SplitRule::split_of(const std::string& folder) const {
  switch (kind) {
    case Kind::kNone:
      return std::nullopt;
    case Kind::kExact:
      return exact_split(folder);
    case Kind::kNamed: {
      const auto found = named.find(folder);
      return found == named.end() ? std::nullopt : std::optional(found->second);
    }
    case Kind::kUsual:
    case Kind::kFill:
      break;
  }
  return split_called(folder);
}

SplitRule parse_split_rule(const std::string& text, const std::string& where) {
  static const std::map<std::string, SplitRule::Kind> words{{"folders", SplitRule::Kind::kUsual},
                                                            {"fill", SplitRule::Kind::kFill},
                                                            {"none", SplitRule::Kind::kNone},
                                                            {"exact", SplitRule::Kind::kExact}};
  if (const auto word = words.find(text); word != words.end())
    return {.kind = word->second, .named = {}};
  const Error wrong(where + ": got \"" + text +
                    "\"; expected folders, fill, none, exact, or names of folders such as "
                    "train=Good,test=Bad");
  SplitRule rule{.kind = SplitRule::Kind::kNamed, .named = {}};
  bool train = false;
  for (const auto& part : split_at_commas(text)) {
    const size_t equals = part.find('=');
    if (equals == std::string::npos) throw wrong;
    const auto split = exact_split(trimmed(part.substr(0, equals)));
    const std::string folder = trimmed(part.substr(equals + 1));
    if (!split || folder.empty() || !rule.named.emplace(folder, *split).second) throw wrong;
    train = train || *split == Split::kTrain;
  }
  if (!train) throw Error(std::string(wrong.what()) + ", with a folder for train");
  return rule;
}

bool is_of_former_run(const Section& data) {
  const auto keys = {"dir",  "labels",     "channels", "validation",
                     "test", "split_seed", "count",    "on_error"};
  return !data.has("splits") &&
         std::all_of(keys.begin(), keys.end(), [&](const char* key) { return data.has(key); });
}

}  // namespace latent
