// Configs with absurd values in every key are either read or refused with an Error.
#include "core/system/file.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

const std::vector<std::string> kSenseless{"-1",
                                          "0",
                                          "1e-300",
                                          "1e308",
                                          "-1e308",
                                          "4611686018427387904",
                                          "9223372036854775808",
                                          "1e19",
                                          "0.5",
                                          "true",
                                          "null",
                                          "\"\"",
                                          "\"\\u0000'`$(x)\"",
                                          "[]",
                                          "[-1]",
                                          "[[1]]",
                                          "{}",
                                          "{\"name\": 3}",
                                          "[null, {}]",
                                          "{\"a\": [1e300]}"};

TEST(HostileConfig, EveryKeyIsReadOrRefused) {
  int64_t refused = 0, tried = 0;
  for (const char* name : {"mnist_vae", "folder_vae", "shapes_beta_vae", "mnist_denoising",
                           "mnist_sparse_kl", "plane_linear", "celeba64_vae"}) {
    const auto file =
        std::filesystem::path(LATENT_TESTS_DIR) / "../configs" / (std::string(name) + ".json");
    const std::string text = read_file(file);
    Config whole = Config::parse(text, name);
    read_experiment(whole);
    for (const auto& entry : whole.entries()) {
      for (const auto& value : kSenseless) {
        ++tried;
        const std::string setting = entry.path + "=" + value;
        SCOPED_TRACE(setting);
        EXPECT_NO_THROW(refused += !error_of([&] {
                                      Config config = Config::parse(text, name, {setting});
                                      read_experiment(config);
                                    }).empty());
      }
    }
  }
  EXPECT_GT(tried, 3000);
  EXPECT_GT(refused, tried / 2);
}

}  // namespace
}  // namespace latent
