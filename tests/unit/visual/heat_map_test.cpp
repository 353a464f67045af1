#include "visual/heat_map.h"

#include <spdlog/fmt/fmt.h>

#include "core/system/file.h"
#include "unit/expect.h"
#include "unit/svg.h"
#include "visual/chart.h"

namespace latent::visual {
namespace {

TEST(HeatMap, CarriesNamesAndNumbers) {
  if (!can_chart()) GTEST_SKIP() << "NOT TESTED: gnuplot is not on the PATH; install gnuplot-nox";
  const TemporaryFolder folder;
  write_heat_map(folder / "m.svg", {.title = "Latents",
                                    .legend = "information",
                                    .rows = {"shape", "it's `x`"},
                                    .columns = {"z0", "z3", "z7"},
                                    .row_label = "factor",
                                    .column_label = "latent",
                                    .values = torch::tensor({{0.0, 0.25, 1.0}, {0.5, 0.75, 0.1}})});
  const std::string svg = read_file(folder / "m.svg");
  for (const char* text : {">Latents<", ">shape<", ">z3<", ">z7<", ">latent<", ">information<",
                           ">0.25<", ">1.00<", ">0.10<"})
    EXPECT_NE(svg.find(text), std::string::npos) << text;
  EXPECT_NE(svg.find("`x`"), std::string::npos) << "a name is not run as a command";
}

TEST(HeatMap, DrawsASingleCellAndManyWithoutNumbers) {
  if (!can_chart()) GTEST_SKIP() << "NOT TESTED: gnuplot is not on the PATH; install gnuplot-nox";
  const TemporaryFolder folder;
  HeatMap map{.title = "t",
              .legend = "l",
              .rows = {"label"},
              .columns = {"z0"},
              .row_label = "",
              .column_label = "latent",
              .values = torch::full({1, 1}, 0.33)};
  write_heat_map(folder / "one.svg", map);
  EXPECT_NE(read_file(folder / "one.svg").find(">0.33<"), std::string::npos);
  map.columns.clear();
  for (int z = 0; z < 64; ++z)
    map.columns.push_back(fmt::format("z{}", z));
  map.values = torch::full({1, 64}, 0.33);
  write_heat_map(folder / "many.svg", map);
  EXPECT_EQ(read_file(folder / "many.svg").find(">0.33<"), std::string::npos);
  write_heat_map(folder / "box.svg", map, {.width = 640, .height = 360});
  EXPECT_NE(read_file(folder / "box.svg").find("width=\"640\" height=\"360\""), std::string::npos);
}

}  // namespace
}  // namespace latent::visual
