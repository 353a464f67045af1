// The folder with a run for each class.
#include "session/class_runs.h"

#include "core/system/file.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

// Examples of these classes; -1: unknown.
Examples of_classes(const std::vector<double>& labels, const std::vector<std::string>& words) {
  Tensor values = torch::tensor(labels, torch::kDouble);
  values = values.masked_fill(values < 0, std::nan(""));
  const auto count = static_cast<int64_t>(labels.size());
  return {.pixels = torch::zeros({count, 2, 2, 1}, torch::kByte),
          .attributes = {{.name = "kind", .values = values, .classes = words}},
          .names = {}};
}

std::vector<std::string> names_of(const std::vector<OneClass>& classes) {
  std::vector<std::string> names;
  for (const auto& one : classes)
    names.push_back(one.name + ">" + one.folder.string() + ">" + one.rule);
  return names;
}

Config small_config(const std::vector<std::string>& settings = {}) {
  Config config =
      Config::parse(R"({"data": {"name": "shapes"}, "train": {"batch_size": 16, "epochs": 2}})",
                    "s.json", settings);
  read_experiment(config);
  return config;
}

TEST(ClassesToTrain, HaveFoldersOfTheirOwn) {
  const std::vector<std::string> words{"a b", "a-b", "..", "owl"};
  const Examples all = of_classes({0, 1, 2, 3}, words);
  EXPECT_EQ(names_of(classes_to_train("kind", all, all, Split::kTest, all, "D")),
            (std::vector<std::string>{"a b>D/a-b>kind=a b", "a-b>D/a-b-2>kind=a-b",
                                      "..>D/class..>kind=..", "owl>D/owl>kind=owl"}));
}

TEST(ClassesToTrain, LeaveOutWhatCannotBeMeasured) {
  const std::vector<std::string> words{"one", "two", "three"};
  const Examples all = of_classes({0, 1, 2}, words), some = of_classes({0, 1, 1}, words);
  EXPECT_EQ(classes_to_train("kind", all, all, Split::kTest, some, "D").size(), 2U);
  EXPECT_EQ(classes_to_train("kind", all, some, Split::kTest, all, "D").size(), 2U);
  EXPECT_EQ(classes_to_train("kind", some, all, Split::kTest, all, "D").size(), 2U);
  const Examples same = of_classes({1, 1, -1}, words);
  expect_error([&] { classes_to_train("kind", all, all, Split::kTest, same, "D"); },
               "attribute kind: no class is left; expected classes in every split");
}

TEST(ClassesToTrain, NeedNamesThatARuleCanTake) {
  const Examples all = of_classes({0, 1}, {"a,b", "c"});
  expect_error([&] { classes_to_train("kind", all, all, Split::kTest, all, "D"); },
               "attribute kind: data.keep cannot name the class \"a,b\"; expected class names "
               "without commas");
}

TEST(ClassFolder, IsForOneConfigAndAttribute) {
  const TemporaryFolder place;
  const auto folder = place.path() / "runs";
  claim_class_folder(folder, small_config(), "kind");
  claim_class_folder(folder, small_config(), "kind");
  claim_class_folder(folder, small_config({"train.epochs=9"}), "kind");
  expect_error([&] { claim_class_folder(folder, small_config({"train.batch_size=8"}), "kind"); },
               folder.string() +
                   ": holds the runs of another config: train.batch_size is 8, was 16; expected "
                   "another folder");
  expect_error([&] { claim_class_folder(folder, small_config(), "size"); },
               folder.string() +
                   ": holds the runs of another config: --attribute is size, was kind; expected "
                   "another folder");
  write_file(folder / "each_class.json", "{\"attribute\": 3}");
  expect_error([&] { claim_class_folder(folder, small_config(), "kind"); },
               (folder / "each_class.json").string() +
                   ": damaged; expected a new folder, or this file as it was written");
}

TEST(ClassFolder, HoldsNothingElse) {
  const TemporaryFolder place;
  write_file(place.path() / "notes.txt", "mine");
  expect_error(
      [&] { claim_class_folder(place.path(), small_config(), "kind"); },
      place.path().string() + ": holds other files; expected a new or empty folder for the runs");
  write_file(place.path() / "build.json", "{}");
  expect_error([&] { claim_class_folder(place.path(), small_config(), "kind"); },
               place.path().string() +
                   ": is the folder of a run; expected a new or empty folder for the runs");
  expect_error(
      [&] { claim_class_folder(place.path() / "notes.txt", small_config(), "kind"); },
      (place.path() / "notes.txt").string() + ": is a file; expected a new folder for the runs");
}

TEST(ClassFolder, AForeignTemporaryFileDoesNotCount) {
  const TemporaryFolder place;
  write_file(place.path() / "each_class.json.tmp1", "{");
  EXPECT_NO_THROW(claim_class_folder(place.path(), small_config(), "kind"));
}

}  // namespace
}  // namespace latent
