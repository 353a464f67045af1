// Safetensors files: exact round trips, and the detection of damage.
#include "format/safetensors.h"

#include <cmath>
#include <fstream>
#include <limits>

#include "core/system/file.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

// A file as another program writes it: header length, header, data.
std::string raw(const std::string& header, const std::string& data = "") {
  std::string bytes(8, '\0');
  for (size_t i = 0; i < 8; ++i)
    bytes[i] = static_cast<char>(header.size() >> (8 * i) & 0xff);
  return bytes + header + data;
}

class Safetensors : public testing::Test {
 protected:
  std::filesystem::path path() const { return folder_ / "t.safetensors"; }
  TensorFile read(const std::string& bytes) const {
    std::ofstream(path(), std::ios::binary) << bytes;
    return read_tensors(path());
  }
  void expect_damaged(const std::string& bytes, const std::string& how) const {
    expect_error([&] { read(bytes); },
                 path().string() + ": damaged or not a safetensors file: " + how);
  }

  TemporaryFolder folder_;
};

TEST_F(Safetensors, EveryTypeRoundTrips) {
  TensorFile file;
  for (const auto type : {at::kFloat, at::kDouble, at::kHalf, at::kBFloat16, at::kLong, at::kInt,
                          at::kShort, at::kChar, at::kByte, at::kBool}) {
    file.tensors[c10::toString(type)] = torch::arange(-3, 9).view({3, 4}).to(type);
  }
  file.tensors["scalar"] = torch::tensor(1.5);
  file.tensors["nothing"] = torch::empty({3, 0, 2});
  file.tensors["special"] = torch::tensor({std::numeric_limits<float>::quiet_NaN(),
                                           -std::numeric_limits<float>::infinity(), -0.0f, 1e-45f});
  file.metadata = {{"config", "{\n \"a\": \"\\\\ and \\\"\"}"}, {"empty", ""}};
  write_tensors(path(), file);
  const TensorFile back = read_tensors(path());
  EXPECT_EQ(back.metadata, file.metadata);
  ASSERT_EQ(back.tensors.size(), file.tensors.size());
  for (const auto& [name, tensor] : file.tensors) {
    const Tensor& got = back.tensors.at(name);
    EXPECT_EQ(got.scalar_type(), tensor.scalar_type()) << name;
    expect_tensor_near(got, tensor, 0);
  }
  EXPECT_TRUE(std::signbit(back.tensors.at("special")[2].item<float>()));
}

TEST_F(Safetensors, StridedTensorsComeBackInTheirLogicalOrder) {
  const Tensor x = torch::arange(2.0 * 3 * 4 * 5).view({2, 3, 4, 5});
  TensorFile file{.tensors = {{"last", x.contiguous(at::MemoryFormat::ChannelsLast)},
                              {"transposed", x[0][0].t()},
                              {"every_second", x.flatten().slice(0, 0, 120, 2)},
                              {"same", x[0][0][0][0].expand({4})},
                              {"trained", x.clone().requires_grad_()}},
                  .metadata = {}};
  write_tensors(path(), file);
  const TensorFile back = read_tensors(path());
  for (const auto& [name, tensor] : file.tensors) {
    expect_tensor_near(back.tensors.at(name), tensor, 0);
    EXPECT_TRUE(back.tensors.at(name).is_contiguous()) << name;
    EXPECT_FALSE(back.tensors.at(name).requires_grad()) << name;
  }
}

TEST_F(Safetensors, DataAreAligned) {
  for (int i = 0; i < 9; ++i) {
    write_tensors(path(),
                  {.tensors = {{std::string(static_cast<size_t>(i) + 1, 'n'), torch::ones({2})}},
                   .metadata = {}});
    EXPECT_EQ(read_file(path()).size() % 8, 0u);
  }
}

// A checksum whose name is damaged would look like another program's metadata, so a second entry
// requires it.
TEST_F(Safetensors, RefusesOwnFilesWithoutTheirChecksum) {
  write_tensors(path(), {.tensors = {{"a", torch::tensor({1.0f, 2.0f})}}, .metadata = {}});
  const std::string whole = read_file(path());
  const auto renamed = [&](const std::string& from, const std::string& to) {
    std::string bytes = whole;
    return bytes.replace(bytes.find(from), from.size(), to);
  };
  expect_damaged(renamed("crc32", "crc33"), "its checksum is lost");
  std::string spaced = renamed("\"crc32\":", "\"crc32\": ");
  spaced[0] = static_cast<char>(spaced[0] + 1);  // the header is a byte longer
  expect_damaged(spaced, "its checksum is lost");
  expect_damaged(renamed("writer", "waiter"), "its checksum does not match");
  // A version without that second entry.
  EXPECT_EQ(error_of([&] { read(raw(R"({"__metadata__":{"crc32":"f8a1b2c3"}})")); }),
            path().string() + ": damaged or not a safetensors file: its checksum does not match");
}

TEST_F(Safetensors, FilesOfOtherProgramsNeedNoChecksum) {
  const TensorFile file =
      read(raw(R"({"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})", "\x01\x02"));
  expect_tensor_near(file.tensors.at("x"), torch::tensor({1, 2}), 0);
  EXPECT_TRUE(file.metadata.empty());
  EXPECT_TRUE(read(raw("{}")).tensors.empty());
}

TEST_F(Safetensors, RefusesHostileLengths) {
  expect_damaged("", "cut short");
  expect_damaged("12345678", "cut short");
  expect_damaged(std::string(8, '\xff') + "{}", "its header is longer than the file");
  std::string huge = raw("{}");
  huge[4] = 1;  // 4 GiB
  expect_damaged(huge, "its header is longer than the file");
  expect_damaged(raw("") + "{}", "its header is not an object");
}

TEST_F(Safetensors, RefusesHostileHeaders) {
  const auto tensor = [](const std::string& shape, const std::string& offsets,
                         const std::string& dtype = "F32") {
    return R"({"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets +
           "}";
  };
  const std::string eight(8, 'x');
  const auto one = [&](const std::string& entry) { return raw("{\"a\":" + entry + "}", eight); };
  const auto two = [&](const std::string& a, const std::string& b) {
    return raw("{\"a\":" + a + ",\"b\":" + b + "}", eight);
  };
  EXPECT_EQ(error_of([&] { read(two(tensor("[1]", "[0,4]"), tensor("[1]", "[4,8]"))); }), "");

  expect_damaged(raw("[1]"), "its header is not an object");
  expect_damaged(raw("{\"a\":"), "its header is not valid JSON");
  expect_damaged(raw("{\"a\":1e999}"), "its header is not valid JSON");
  expect_damaged(raw("{\"a\":[[[[[[]]]]]]}"), "its header is nested too deeply");
  expect_damaged(raw("{\"a\":3}"), "a tensor without dtype, shape or data_offsets");
  expect_damaged(one(R"({"dtype":"F32","shape":[2]})"),
                 "a tensor without dtype, shape or data_offsets");
  expect_damaged(one(tensor("[2]", "[0]")), "a tensor without dtype, shape or data_offsets");
  expect_damaged(one(tensor("[2]", "[0,8]", "F8")), "an unknown dtype F8");
  expect_damaged(one(tensor("[-2]", "[0,8]")), "a size out of range");
  expect_damaged(one(tensor("[2.5]", "[0,8]")), "a size out of range");
  expect_damaged(one(tensor("[\"2\"]", "[0,8]")), "a size out of range");
  expect_damaged(one(tensor("[18446744073709551615]", "[0,8]")), "a size out of range");
  expect_damaged(one(tensor("[1099511627775,1099511627775]", "[0,8]")), "a size out of range");
  std::string ones = "[1";
  for (int i = 0; i < 64; ++i)
    ones += ",1";
  expect_damaged(one(tensor(ones + "]", "[0,4]")), "a shape of too many sizes");
  expect_damaged(one(tensor("[8]", "[0,8]", "BOOL")), "a boolean that is neither 0 nor 1");
  expect_damaged(one(tensor("[2]", "[\"0\",8]")), "offsets that are not numbers");
  expect_damaged(one(tensor("[2]", "[0,-8]")), "offsets that are not numbers");
  const std::string misfit = "cut short, or offsets that do not fit the shape";
  expect_damaged(one(tensor("[2]", "[8,0]")), misfit);
  expect_damaged(one(tensor("[3]", "[0,12]")), misfit);
  expect_damaged(one(tensor("[2]", "[0,4]")), misfit);
  expect_damaged(one(tensor("[2]", "[18446744073709551608,18446744073709551615]")), misfit);
  const std::string holes = "its tensors overlap or leave holes";
  expect_damaged(one(tensor("[1]", "[4,8]")), holes);
  expect_damaged(two(tensor("[1]", "[0,4]"), tensor("[1]", "[0,4]")), holes);
  expect_damaged(two(tensor("[2]", "[0,8]"), tensor("[1]", "[4,8]")), holes);
  expect_damaged(one(tensor("[1]", "[0,4]")), "bytes after the last tensor");
  const std::string twice = "a name occurs twice in its header";
  expect_damaged(
      raw("{\"a\":" + tensor("[1]", "[0,4]") + ",\"a\":" + tensor("[1]", "[4,8]") + "}", eight),
      twice);
  expect_damaged(one(R"({"dtype":"F32","dtype":"F64","shape":[2],"data_offsets":[0,8]})"), twice);
  expect_damaged(raw(R"({"__metadata__":{"k":1}})"), "metadata that is not text");
  expect_damaged(raw(R"({"__metadata__":["k"]})"), "metadata that is not text");
}

// No element, and a shape whose strides do not fit in 64 bits.
TEST_F(Safetensors, RefusesHostileEmptyTensors) {
  expect_damaged(
      raw(R"({"a":{"dtype":"F32","shape":[0,549755813888,549755813888,549755813888],"data_offsets":[0,0]}})"),
      "a size out of range");
}

TEST_F(Safetensors, NamesMissingFilesAndFolders) {
  const std::string none = (folder_ / "none").string();
  expect_error([&] { read_tensors(none); }, none + ": no such file");
  const std::string far = (folder_ / "no/t.safetensors").string();
  expect_error([&] { write_tensors(far, {}); },
               far + ": cannot be written: No such file or directory");
}

}  // namespace
}  // namespace latent
