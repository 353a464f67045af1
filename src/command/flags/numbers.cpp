// Lists and ranges of numbers on the command line.
#include <charconv>
#include <cmath>
#include <sstream>

#include "command/flags/arguments.h"
#include "core/error.h"

namespace latent {
namespace {

constexpr size_t kMaxIndices = 100'000;
constexpr double kUsualSeries = 7;  // numbers of low:high

int64_t to_index(const std::string& word, const std::string& flag, const std::string& whole) {
  if (word.empty() || word.size() > 12 ||
      word.find_first_not_of("0123456789") != std::string::npos) {
    throw UsageError("--" + flag + " " + whole +
                     ": expected numbers such as 3,17,40-49, without spaces between them");
  }
  return std::stoll(word);
}

// The finite numbers between the separators; none if one of them is not a number.
std::vector<double> split_numbers(const std::string& text, char separator) {
  std::vector<double> all;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    double value = 0;
    if (at != end && *at == '+') ++at;  // from_chars takes a minus only
    const auto [after, code] = std::from_chars(at, end, value);
    if (code != std::errc{} || !std::isfinite(value)) return {};
    all.push_back(value);
    if (after == end) return all;
    if (*after != separator) return {};
    at = after + 1;
  }
}

}  // namespace

std::vector<int64_t> parse_indices(const std::string& text, const std::string& flag) {
  std::vector<int64_t> all;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');) {
    const size_t dash = part.find('-');
    const int64_t first = to_index(part.substr(0, dash), flag, text);
    const int64_t last =
        dash == std::string::npos ? first : to_index(part.substr(dash + 1), flag, text);
    if (last < first || static_cast<size_t>(last - first) + all.size() >= kMaxIndices) {
      throw UsageError(
          "--" + flag + " " + text +
          ": expected ranges from low to high, such as 3-5, and at most 100000 images in total");
    }
    for (int64_t index = first; index <= last; ++index)
      all.push_back(index);
  }
  if (all.empty() || text.back() == ',') {
    std::string given = "--" + flag;
    if (!text.empty()) given.append(" ").append(text);
    throw UsageError(given + ": expected numbers such as 3,17,40-49, without spaces between them");
  }
  return all;
}

std::vector<int64_t> Arguments::indices(const std::string& flag) const {
  return parse_indices(text(flag), flag);
}

std::vector<double> Arguments::range(const std::string& flag, const std::string& example) const {
  const std::string given = text(flag);
  const auto ends = split_numbers(given, given.find(':') == std::string::npos ? ',' : ':');
  if (ends.size() == 2) return ends;
  throw UsageError("--" + flag + " " + given + ": expected two numbers such as " + example);
}

std::vector<double> Arguments::series(const std::string& flag, int64_t most) const {
  const std::string given = text(flag);
  const auto wrong = [&](const std::string& expected) {
    return UsageError("--" + flag + " " + given + ": expected " + expected);
  };
  const bool spread = given.find(':') != std::string::npos;
  auto numbers = split_numbers(given, spread ? ':' : ',');
  if (numbers.empty() || (spread && numbers.size() > 3))
    throw wrong("numbers such as -3,0,3, or low:high:count such as -3:3:7");
  if (!spread) {
    if (numbers.size() > static_cast<size_t>(most))
      throw wrong("at most " + std::to_string(most) + " numbers");
    return numbers;
  }
  const double count = numbers.size() == 3 ? numbers[2] : kUsualSeries;
  if (count != std::floor(count) || count < 1 || count > static_cast<double>(most))
    throw wrong("low:high:count with a count from 1 to " + std::to_string(most));
  std::vector<double> all;
  for (int64_t i = 0; i < static_cast<int64_t>(count); ++i) {
    const double share = count == 1 ? 0 : static_cast<double>(i) / (count - 1);
    all.push_back(numbers[0] + share * (numbers[1] - numbers[0]));
  }
  return all;
}

}  // namespace latent
