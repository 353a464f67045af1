#include "data/condition.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "unit/experiments.h"

namespace latent {
namespace {

const double kUnknown = std::nan("");

// Four examples: a class, yes or no, a number; the last one is not known.
Examples known_examples() {
  const auto numbers = [](std::vector<double> values) { return at::tensor(values, at::kDouble); };
  return {.pixels = at::zeros({4, 1, 1, 1}, at::kByte),
          .attributes = {{"animal", numbers({0, 2, 1, kUnknown}), {"cat", "dog", "owl"}},
                         {"Smiling", numbers({1, 0, 1, kUnknown}), {}},
                         {"age", numbers({20, 30, 40, kUnknown}), {}}},
          .names = {}};
}

Condition all_three() {
  return Condition::of({"animal", "Smiling", "age"}, known_examples(), "key");
}

// The ages' standard deviation: the root of (100 + 0 + 100) / 3.
const float kStep = static_cast<float>(10 / std::sqrt(200.0 / 3));

TEST(Condition, HasANumberForEachClassAndOneForTheRest) {
  const Condition condition = all_three();
  EXPECT_EQ(condition.size(), 5);
  const Tensor rows = condition.rows(known_examples().attributes, 4);
  EXPECT_EQ(rows.scalar_type(), at::kFloat);
  const Tensor expected = at::tensor(std::vector<float>{1, 0, 0, 1,  -kStep,  //
                                                        0, 0, 1, -1, 0,       //
                                                        0, 1, 0, 1,  kStep,   //
                                                        0, 0, 0, 0,  0})
                              .view({4, 5});
  EXPECT_TRUE(at::allclose(rows, expected, 0, 1e-6)) << rows;
}

TEST(Condition, KeepsItsMeaningForOtherExamples) {
  const Condition condition = all_three();
  Examples other = known_examples();
  other.attributes[0].classes = {"owl", "fox", "cat"};  // another order, and one that is new
  other.attributes[1].name = "Laughing";
  other.attributes[2].values = at::full({4}, 30.0, at::kDouble);
  const Tensor rows = condition.rows(other.attributes, 4);
  // The classes were owl, cat, fox (unknown to the condition), nothing.
  const Tensor expected = at::tensor(std::vector<float>{0, 0, 1, 0, 0,  //
                                                        1, 0, 0, 0, 0,  //
                                                        0, 0, 0, 0, 0,  //
                                                        0, 0, 0, 0, 0})
                              .view({4, 5});
  EXPECT_TRUE(at::equal(rows, expected)) << rows;
  EXPECT_TRUE(at::equal(condition.rows({}, 2), at::zeros({2, 5})));
}

TEST(Condition, IsReadAsItWasWritten) {
  const Condition condition = all_three();
  const Condition again = Condition::parse(condition.text(), "file");
  EXPECT_EQ(again.text(), condition.text());
  const auto attributes = known_examples().attributes;
  EXPECT_TRUE(at::equal(again.rows(attributes, 4), condition.rows(attributes, 4)));
  EXPECT_EQ(condition.text().find("NaN"), std::string::npos);
}

// Returns an attribute of a kind, with two values that differ and one that is not known, and the
// words for the first.
std::pair<Attribute, std::string> attribute_of(AttributeKind kind) {
  const Tensor values = at::tensor(std::vector<double>{1, 0, kUnknown}, at::kDouble);
  switch (kind) {
    case AttributeKind::kClass:
      return {{"it", values, {"cat", "dog"}}, "it=dog"};
    case AttributeKind::kYesNo:
      return {{"it", values, {}}, "it"};
    case AttributeKind::kNumber:
      return {{"it", values + 2, {}}, "it=3"};
  }
  return {};
}

TEST(Condition, HasWhatItNeedsOfEveryKindOfAttribute) {
  for (const AttributeKind kind : kAttributeKinds) {
    const auto [attribute, words] = attribute_of(kind);
    SCOPED_TRACE(words);
    ASSERT_EQ(attribute.kind(), kind);
    const Examples examples{
        .pixels = at::zeros({3, 1, 1, 1}, at::kByte), .attributes = {attribute}, .names = {}};
    const Condition made = Condition::of({"it"}, examples, "key");
    const Condition kept = Condition::parse(made.text(), "file");
    const Tensor rows = kept.rows(examples.attributes, 3);
    EXPECT_GT(kept.size(), 0);
    EXPECT_TRUE(at::equal(rows, made.rows(examples.attributes, 3)));
    EXPECT_FALSE(at::equal(rows[0], rows[1]));
    EXPECT_TRUE(at::equal(rows[2], at::zeros_like(rows[2])));
    EXPECT_TRUE(at::equal(kept.row(words, "flag"), rows.narrow(0, 0, 1)));
  }
}

TEST(Condition, OfNothingIsNone) {
  const Condition none = Condition::of({}, known_examples(), "key");
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.size(), 0);
  EXPECT_FALSE(none.rows(known_examples().attributes, 4).defined());
}

TEST(Condition, NamesWhatItDoesNotFind) {
  const auto of = [](const std::string& name, const Examples& examples) {
    return error_of([&] { Condition::of({name}, examples, "model.condition"); });
  };
  Examples examples = known_examples();
  EXPECT_EQ(
      of("smilin", examples),
      "model.condition: the data set has no attribute \"smilin\"; did you mean Smiling? known: "
      "Smiling, age, animal");
  examples.attributes[2].values.fill_(kUnknown);
  EXPECT_EQ(of("age", examples),
            "model.condition: \"age\" is not known of any training example; expected an attribute "
            "that is");
  examples.attributes.clear();
  EXPECT_EQ(of("age", examples),
            "model.condition: the data set has no labels and no attributes; expected one that has, "
            "or no condition");
  for (const char* damaged :
       {"", "3", "[{}]", "[{\"name\": \"a\", \"classes\": 3}]", "[{\"name\""}) {
    EXPECT_EQ(error_of([&] { Condition::parse(damaged, "last.safetensors"); }),
              "last.safetensors: its \"condition\" cannot be read; expected a checkpoint of latent "
              "train")
        << damaged;
  }
}

TEST(Condition, ANumberThatNeverVariesIsZero) {
  Examples examples = known_examples();
  examples.attributes[2].values.fill_(7);
  const Condition condition = Condition::of({"age"}, examples, "key");
  EXPECT_TRUE(at::equal(condition.rows(examples.attributes, 4), at::zeros({4, 1})));
}

Tensor row_of(const std::vector<float>& values) {
  return at::tensor(values).view({1, static_cast<int64_t>(values.size())});
}

TEST(Condition, ReadsARowFromWords) {
  const Condition condition = all_three();
  const auto row = [&](const std::string& words) { return condition.row(words, "--attribute"); };
  EXPECT_TRUE(at::equal(row("animal=owl"), row_of({0, 0, 1, 0, 0}))) << row("animal=owl");
  EXPECT_TRUE(at::equal(row("Smiling"), row_of({0, 0, 0, 1, 0})));
  EXPECT_TRUE(at::equal(row("!Smiling"), row_of({0, 0, 0, -1, 0})));
  for (const char* no : {"Smiling=0", "Smiling=no", "Smiling=false"})
    EXPECT_TRUE(at::equal(row(no), row_of({0, 0, 0, -1, 0}))) << no;
  // The mean age is 30, and 40 is one step above it.
  EXPECT_TRUE(
      at::allclose(row("age=40, animal=cat,Smiling=1"), row_of({1, 0, 0, 1, kStep}), 0, 1e-6));
  EXPECT_TRUE(at::equal(row("age=30"), row_of({0, 0, 0, 0, 0})));
  EXPECT_EQ(row("age=30").scalar_type(), at::kFloat);
}

TEST(Condition, ChangesWhatWordsName) {
  const Condition condition = all_three();
  const Tensor rows = condition.rows(known_examples().attributes, 4);
  const Tensor owls = condition.changed(rows, "animal=owl,Smiling=0", "--attribute");
  const Tensor expected = at::tensor(std::vector<float>{0, 0, 1, -1, -kStep,  //
                                                        0, 0, 1, -1, 0,       //
                                                        0, 0, 1, -1, kStep,   //
                                                        0, 0, 1, -1, 0})
                              .view({4, 5});
  EXPECT_TRUE(at::allclose(owls, expected, 0, 1e-6)) << owls;
  EXPECT_EQ(rows[0][0].item<float>(), 1) << "the rows given are left alone";
  EXPECT_EQ(error_of([&] { condition.changed(rows, "animal=cow", "--attribute"); }),
            "--attribute animal=cow: the model was trained without such a class of \"animal\"; "
            "known: cat, dog, owl");
}

TEST(Condition, SaysWhatItIs) {
  EXPECT_EQ(all_three().summary(), "animal (3 classes), Smiling (yes or no), age (a number)");
  EXPECT_EQ(Condition().summary(), "");
}

TEST(Condition, NamesWhatIsWrongWithWords) {
  const Condition condition = all_three();
  const auto wrong = [&](const std::string& words) {
    return error_of([&] { condition.row(words, "--attribute"); });
  };
  EXPECT_EQ(wrong("animal=owll"),
            "--attribute animal=owll: the model was trained without such a class of \"animal\"; "
            "did you mean owl? known: cat, dog, owl");
  EXPECT_EQ(wrong("Smilling=1"),
            "--attribute Smilling=1: the model's condition has no such attribute; did you mean "
            "Smiling? known: Smiling, age, animal");
  EXPECT_EQ(wrong("owl"), "--attribute owl: expected the attribute too: animal=owl");
  EXPECT_EQ(wrong("animal=owl,cat"), "--attribute cat: expected the attribute too: animal=cat");
  EXPECT_EQ(wrong("animal"),
            "--attribute animal: a condition is one value; expected, such as, animal=cat");
  EXPECT_EQ(wrong("!animal=owl"),
            "--attribute !animal=owl: a condition is one value; expected, such as, animal=cat");
  EXPECT_EQ(wrong("age"), "--attribute age: a condition is one value; expected, such as, age=30");
  EXPECT_EQ(wrong("age=20..30"),
            "--attribute age=20..30: \"age\" is a number; expected, such as, age=30");
  EXPECT_EQ(wrong("Smiling=2"),
            "--attribute Smiling=2: \"Smiling\" is yes or no; expected, such as, Smiling=yes");
  EXPECT_EQ(wrong("animal=owl,animal=cat"),
            "--attribute animal=cat: \"animal\" is given twice; expected one value of it");
  EXPECT_EQ(wrong(""), "--attribute: nothing is named; expected, such as, animal=cat");
}

}  // namespace
}  // namespace latent
