// The nearest known word for a misspelt one, and the tables that use it.
#include "core/text/suggest.h"

#include "core/registry.h"
#include "unit/expect.h"

namespace latent {
namespace {

TEST(Suggest, EditDistanceCountsChanges) {
  EXPECT_EQ(edit_distance("", ""), 0);
  EXPECT_EQ(edit_distance("beta", "beta"), 0);
  EXPECT_EQ(edit_distance("", "abc"), 3);
  EXPECT_EQ(edit_distance("abc", ""), 3);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3);
  EXPECT_EQ(edit_distance("wieght", "weight"), 1);  // ie and ei swapped
  EXPECT_EQ(edit_distance("ab", "ba"), 1);
  EXPECT_EQ(edit_distance("ca", "abc"), 3);  // swapped letters are not changed again
}

TEST(Suggest, NearestIsOfferedOnlyIfNear) {
  const std::vector<std::string> known{"batch_size", "epochs", "optimizer", "seed"};
  EXPECT_EQ(nearest("epoch", known), "epochs");
  EXPECT_EQ(nearest("batchsize", known), "batch_size");
  EXPECT_EQ(nearest("optimiser", known), "optimizer");
  EXPECT_EQ(nearest("xyz", known), "");
  EXPECT_EQ(nearest("epochs", {}), "");
  EXPECT_EQ(nearest("sede", known), "seed");
  EXPECT_EQ(nearest("head", known), "");      // two of four letters differ
  EXPECT_EQ(nearest("optician", known), "");  // five of eight letters differ
  EXPECT_EQ(nearest("batch", known), "batch_size");
  EXPECT_EQ(nearest("ba", known), "");
}

TEST(Suggest, DidYouMeanSortsWhatIsKnown) {
  EXPECT_EQ(did_you_mean("wieght", {"weight", "warmup_epochs", "capacity"}),
            "did you mean weight? known: capacity, warmup_epochs, weight");
  EXPECT_EQ(did_you_mean("qqqqqq", {"b", "a"}), "known: a, b");
  const std::string many = did_you_mean("qqqqqq", std::vector<std::string>(250, "a"));
  EXPECT_TRUE(many.starts_with("known: a, a, ") && many.ends_with(", a and 210 more")) << many;
}

TEST(Suggest, JoinSeparatesWords) {
  EXPECT_EQ(join({}), "");
  EXPECT_EQ(join({"a"}), "a");
  EXPECT_EQ(join({"a", "b", "c"}), "a, b, c");
  EXPECT_EQ(join({"a", "b"}, "|"), "a|b");
}

TEST(Suggest, RegistryNamesWhatItHas) {
  struct Row {
    std::string name, summary;
  };
  const Registry<Row> pets("pet", {{"cat", "purrs"}, {"dog", "barks"}});
  EXPECT_EQ(pets.find("dog", "here").summary, "barks");
  EXPECT_EQ(pets.names(), (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(pets.family(), "pet");
  expect_error([&] { pets.find("dig", "zoo.pet"); },
               "zoo.pet: unknown pet \"dig\"; did you mean dog? known: cat, dog");
}

}  // namespace
}  // namespace latent
