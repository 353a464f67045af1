// Frequencies of codes in whole numbers, and codes as bytes.
#include "space/code_tables.h"

#include <ATen/ATen.h>

#include <array>
#include <cmath>
#include <functional>

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent::space {
namespace {

// Maps of 2 x 3 whose codes are nearly always those above them, and in the first row random.
Tensor striped_maps(int64_t images, int64_t codes) {
  auto noise = generator(1, Stream::kSample);
  const Tensor row = at::randint(codes, {images, 1, 3}, noise, at::kLong);
  return row.expand({images, 2, 3}).reshape({images, 6}).contiguous();
}

TEST(CodeTables, CountsByPlace) {
  // Of code 0 at place 0 there are 3 of 4, at place 1 none.
  const Tensor indices = torch::tensor({{0, 1}, {0, 1}, {0, 1}, {1, 1}}, at::kLong);
  const CodeTables tables = fit_code_tables(indices, 2, 0);
  EXPECT_FALSE(tables.left.defined());
  EXPECT_EQ(tables.weights, (std::array<int64_t, 3>{16, 0, 0}));
  // Each row has 16 more in its sum, for doubt: 3 * 65535 / 20 and 1 * 65535 / 20.
  EXPECT_EQ(tables.place[0][0].item<int32_t>(), 9830);
  EXPECT_EQ(tables.place[0][1].item<int32_t>(), 3276);
  EXPECT_EQ(tables.place[1][0].item<int32_t>(), 0);
  // Frequencies are 1 + 16 times these.
  const Tensor bits = code_bits(tables, torch::tensor({{0, 1}}, at::kLong));
  const double first = (1 + 16 * 9830.0) / (2 + 16 * (9830.0 + 3276.0));
  const double second = (1 + 16 * 13107.0) / (2 + 16 * 13107.0);
  EXPECT_NEAR(bits[0].item<double>(), -std::log2(first) - std::log2(second), 1e-9);
}

TEST(CodeTables, NeighboursMakeCodesCheaper) {
  const Tensor train = striped_maps(2000, 8), test = striped_maps(100, 8);
  const CodeTables tables = fit_code_tables(train, 8, 3);
  EXPECT_GT(tables.weights[2], tables.weights[1]);
  EXPECT_TRUE(usable(tables));
  // Three random codes of 8 are 9 bits; the others follow from them.
  const double bits = code_bits(tables, test).mean().item<double>();
  EXPECT_GT(bits, 9);
  EXPECT_LT(bits, 14);
}

TEST(CodeTables, CodesComeBackFromTheirBytes) {
  const Tensor train = striped_maps(500, 8);
  const CodeTables tables = fit_code_tables(train, 8, 3);
  auto noise = generator(2, Stream::kSample);
  const Tensor any = at::randint(8, {200, 6}, noise, at::kLong);  // also what training never had
  const Tensor bits = code_bits(tables, any);
  for (int64_t i = 0; i < any.size(0); ++i) {
    const std::string bytes = encode_codes(tables, any[i]);
    EXPECT_TRUE(torch::equal(decode_codes(tables, bytes), any[i]));
    EXPECT_LE(static_cast<double>(bytes.size()), bits[i].item<double>() / 8 + 2);
  }
}

TEST(CodeTables, AnyBytesGiveSomeCodes) {
  const CodeTables tables = fit_code_tables(striped_maps(50, 8), 8, 3);
  for (const std::string& bytes :
       {std::string(), std::string("\xff\xff\xff\xff"), std::string(40, 'x')}) {
    const Tensor codes = decode_codes(tables, bytes);
    EXPECT_TRUE((codes.ge(0) & codes.lt(8)).all().item<bool>());
  }
}

TEST(CodeTables, DamagedTablesAreNotUsable) {
  const CodeTables good = fit_code_tables(striped_maps(50, 8), 8, 3);
  const auto damaged = [&](const std::function<void(CodeTables&)>& damage) {
    CodeTables tables = good;
    tables.place = good.place.clone();
    damage(tables);
    return usable(tables);
  };
  EXPECT_TRUE(damaged([](CodeTables&) {}));
  EXPECT_FALSE(damaged([](CodeTables& t) { t.place[0][0] = -1; }));
  EXPECT_FALSE(damaged([](CodeTables& t) { t.place[0][0] = 70000; }));
  EXPECT_FALSE(damaged([](CodeTables& t) { t.place = t.place.to(at::kLong); }));
  EXPECT_FALSE(damaged([](CodeTables& t) { t.above = t.above.narrow(0, 0, 7); }));
  EXPECT_FALSE(damaged([](CodeTables& t) { t.left = Tensor(); }));
  EXPECT_FALSE(damaged([](CodeTables& t) { t.weights = {17, 0, 0}; }));
  EXPECT_FALSE(damaged([](CodeTables& t) { t.width = 0; }));
}

}  // namespace
}  // namespace latent::space
