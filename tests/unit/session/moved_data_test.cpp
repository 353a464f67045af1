// Runs whose data lie elsewhere than when they were trained.
#include "session/moved_data.h"

#include "session/resume_point.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

using Texts = std::vector<std::string>;

const std::string kBefore = R"({"data": {"name": "folder", "dir": "a/b"}})";

Config moved(const std::vector<std::string>& settings) {
  Config config = Config::parse(kBefore, "now.json", settings);
  read_experiment(config);
  return config;
}

TEST(ChangedPlaces, AreNoForbiddenChanges) {
  const Config config = moved({"data.dir=c", "data.labels=c.csv"});
  EXPECT_EQ(changed_places(config, kBefore, "before.json"),
            (Texts{"data.dir is \"c\", was \"a/b\"", "data.labels is \"c.csv\", was \"folders\""}));
  EXPECT_EQ(forbidden_changes(config, kBefore, "before.json"), Texts{});
  const Config other = moved({"data.channels=1"});
  EXPECT_EQ(changed_places(other, kBefore, "before.json"), Texts{});
  EXPECT_EQ(forbidden_changes(other, kBefore, "before.json"), Texts{"data.channels is 1, was 3"});
}

TEST(ChangedPlaces, AreThoseOfAListOfExamplesButNotOfARule) {
  const auto kept = [](const std::string& keep) {
    return R"({"data": {"name": "folder", "dir": "a/b", "keep": ")" + keep + R"("}})";
  };
  const Config list = moved({"data.keep=@c/list.txt"});
  EXPECT_EQ(changed_places(list, kept("@list.txt"), "before.json"),
            Texts{"data.keep is \"@c/list.txt\", was \"@list.txt\""});
  EXPECT_EQ(forbidden_changes(list, kept("@list.txt"), "before.json"), Texts{});
  EXPECT_EQ(forbidden_changes(moved({"data.keep=label=1"}), kept("label=2"), "before.json"),
            Texts{"data.keep is \"label=1\", was \"label=2\""});
}

TEST(ExpectMovedData, RefusesOtherData) {
  const Texts changes{"data.dir is \"c\", was \"b\""};
  const DataFingerprint written{{20, 7}, {4, 8}};
  EXPECT_NO_THROW(expect_moved_data(changes, written, written, "x"));
  EXPECT_NO_THROW(expect_moved_data({}, written, {{1, 1}, {1, 1}}, "x"));
  EXPECT_NO_THROW(expect_moved_data(changes, {}, written, "x")) << "an old checkpoint";
  expect_error(
      [&] {
        expect_moved_data(changes, written, {{19, 7}, {4, 9}}, "x");
      },
      "data.dir is \"c\", was \"b\": not the data that the run was trained on: the "
      "training split has 19 examples, not 20, the validation split has as many examples, "
      "but others; expected the same data, or a new run that begins with these weights "
      "(--init-from)");
}

TEST(NewPlaceRemedy, NamesTheKeyWhosePlaceIsEmpty) {
  const TemporaryFolder folder;
  const RunDirectory run = RunDirectory::create(folder / "run", false, kBefore, {});
  const Config config = moved({});
  EXPECT_EQ(new_place_remedy(config, run, "now.json: data.dir: a/b: no such folder"),
            "; if the data were moved, give their new place: " + run.resume_command() +
                " --set data.dir=PATH");
  EXPECT_EQ(new_place_remedy(config, run, "x.png: empty file"), "");
  const std::string list = (folder / "list.txt").string();
  EXPECT_EQ(new_place_remedy(moved({"data.keep=@" + list}), run, "data.keep: " + list + ": gone"),
            "; if the data were moved, give their new place: " + run.resume_command() +
                " --set data.keep=@PATH");
  EXPECT_EQ(new_place_remedy(moved({"data.dir=/"}), run, "/: no images"), "");
}

}  // namespace
}  // namespace latent
