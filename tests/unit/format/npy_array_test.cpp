// NPY headers, well-formed and hostile, and arrays read piece by piece.
#include "format/npy_array.h"

#include "core/system/file.h"
#include "unit/expect.h"
#include "unit/npy_files.h"

namespace latent {
namespace {

using testing_files::npy_bytes;
using testing_files::npy_file;
using testing_files::stored;

class Npy : public testing::Test {
 protected:
  NpyArray array(const std::string& bytes) {
    write_file(path_, bytes);
    return NpyArray([this] { return open_stream(path_); });
  }
  void expect_refused(const std::string& bytes, const std::string& message) {
    expect_error([&] { array(bytes); }, path_.string() + ": " + message);
  }
  // Expects an error for a header; the values are eight bytes.
  void expect_damaged(const std::string& dictionary, const std::string& what) {
    expect_refused(npy_file(dictionary, std::string(8, '\1')),
                   "damaged NPY header: it has " + what);
  }

  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "x.npy";
};

TEST_F(Npy, ReadsBytesAsBytes) {
  NpyArray got = array(npy_bytes("|u1", "(2, 3)", "\1\2\3\4\5\xff"));
  EXPECT_EQ(got.header().shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(got.header().shape_text(), "2x3");
  const Tensor rows = got.rows(0, 2);
  EXPECT_EQ(rows.scalar_type(), at::kByte);
  expect_tensor_near(rows, torch::tensor({{1, 2, 3}, {4, 5, 255}}), 0);
}

TEST_F(Npy, ReadsEveryTypeOfNumber) {
  const auto expect_values = [&](const std::string& type, const std::string& values) {
    const Tensor got = array(npy_bytes(type, "(3,)", values)).rows(0, 3);
    expect_tensor_near(got, torch::tensor({1, 0, 2}), 0);
  };
  expect_values("|b1", std::string("\1\0\2", 3));
  expect_values("|i1", stored<int8_t>({1, 0, 2}));
  expect_values("<i2", stored<int16_t>({1, 0, 2}));
  expect_values("<i4", stored<int32_t>({1, 0, 2}));
  expect_values("<i8", stored<int64_t>({1, 0, 2}));
  expect_values("<u2", stored<uint16_t>({1, 0, 2}));
  expect_values("<u4", stored<uint32_t>({1, 0, 2}));
  expect_values("<u8", stored<uint64_t>({1, 0, 2}));
  expect_values("<f4", stored<float>({1, 0, 2}));
  expect_values("<f8", stored<double>({1, 0, 2}));
  expect_values(">u2", std::string("\0\1\0\0\0\2", 6));
  expect_values(">f4", std::string("\x3f\x80\0\0\0\0\0\0\x40\0\0\0", 12));
}

TEST_F(Npy, ReadsRowsInAnyOrder) {
  NpyArray got =
      array(npy_bytes("<i2", "(4, 2)", stored<int16_t>({0, 1, 10, 11, 20, 21, 30, -31})));
  expect_tensor_near(got.rows(1, 1), torch::tensor({{10, 11}}), 0);
  expect_tensor_near(got.rows(3, 1), torch::tensor({{30, -31}}), 0);
  expect_tensor_near(got.rows(0, 2), torch::tensor({{0, 1}, {10, 11}}), 0);
  expect_tensor_near(got.rows(2, 2), torch::tensor({{20, 21}, {30, -31}}), 0);
}

TEST_F(Npy, TakesTheOtherVersionsAndOrders) {
  const std::string header = "{\"shape\": (1,2) , 'fortran_order':False,\n\"descr\": '|u1'}  \n";
  const std::string two = std::string("\x93NUMPY\x02\x00", 8) + static_cast<char>(header.size()) +
                          std::string(3, '\0') + header + "ab";
  expect_tensor_near(array(two).rows(0, 1), torch::tensor({{97, 98}}), 0);
  // One dimension has only one order.
  const std::string fortran =
      npy_file("{'descr': '|u1', 'fortran_order': True, 'shape': (2,)}", "ab");
  EXPECT_EQ(array(fortran).count(), 2);
}

TEST_F(Npy, RefusesWhatItWouldHaveToGuess) {
  expect_refused("PK\3\4 and more",
                 "not an NPY file: it does not begin with \\x93NUMPY; "
                 "data.name npz reads archives");
  expect_refused("", "not an NPY file: it does not begin with \\x93NUMPY");
  expect_refused("\x93NUMPY\x09", "NPY version 0; expected 1 to 3");
  expect_refused("\x93NUMPY\x04zzzz", "NPY version 4; expected 1 to 3");
  expect_refused(npy_file("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 1)}", "ab"),
                 "stored in Fortran's order; expected C's: save numpy.ascontiguousarray(array)");
  expect_refused(npy_bytes("|O", "(2,)", "ab"),
                 "holds Python objects, which are never loaded; expected numbers");
  expect_refused(npy_bytes("<c8", "(1,)", std::string(8, 'a')),
                 "values of type <c8; expected bool, int, uint, float32 or float64");
  expect_refused(npy_bytes("<f2", "(1,)", "ab"),
                 "values of type <f2; expected bool, int, uint, float32 or float64");
  expect_refused(
      npy_file("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", "abcd"),
      "holds records of several fields; expected plain numbers: save one field of the "
      "array");
  expect_refused(npy_bytes("<f4", "()", "abcd"), "a single number; expected an array");
}

TEST_F(Npy, RefusesDamagedHeaders) {
  expect_damaged("", "no '{' where one belongs");
  expect_damaged("{'descr': '|u1'", "no comma between two entries");
  expect_damaged("{'descr': '|u1', 'shape': (8,)}", "not all of descr, fortran_order and shape");
  expect_damaged("{'descr': '|u1', 'descr': '|u1'}", "the key descr twice");
  expect_damaged("{'descr': '|u1', 'extra': 1}", "an unknown key extra");
  expect_damaged("{'descr': '|u1", "a quote that is not closed");
  expect_damaged("{'descr': \"__import__('os')\"}", "a word with odd characters");
  expect_damaged("{'descr': print, }", "no quoted word where one belongs");
  expect_damaged("{'fortran_order': 1}", "neither True nor False as fortran_order");
  expect_damaged("{'shape': (8, -1)}", "a size that is not a valid number");
  expect_damaged("{'shape': (9999999999999999999,)}", "a size that is not a valid number");
  expect_damaged("{'shape': (8 8)}", "no comma between two sizes");
  std::string ones;
  for (int i = 0; i < 33; ++i)
    ones += "1,";
  expect_damaged("{'shape': (" + ones + ")}", "more than 32 dimensions");
  expect_damaged("{'descr': '|u1', 'fortran_order': False, 'shape': (8,)} or 1",
                 "more text after the dictionary");
  expect_refused(std::string("\x93NUMPY\x02\x00\xff\xff\xff\x7f", 12),
                 "damaged NPY header: 2147483647 bytes long; expected at most 65536");
}

TEST_F(Npy, RefusesSizesThatDoNotFit) {
  const auto message = [](const std::string& shape, int held) {
    return "its header says " + shape + " values of 4 bytes, it holds " + std::to_string(held) +
           " bytes; cut short or damaged: save or fetch it again";
  };
  expect_refused(npy_bytes("<f4", "(2, 2)", std::string(15, 'a')), message("2x2", 15));
  expect_refused(npy_bytes("<f4", "(2, 2)", std::string(17, 'a')), message("2x2", 17));
  // Their product is 2^66.
  expect_refused(npy_bytes("<f4", "(4294967296, 4294967296, 4)", std::string(16, 'a')),
                 message("4294967296x4294967296x4", 16));
  expect_refused(npy_bytes("<f4", "(0, 28, 28)", ""), "holds nothing: its shape is 0x28x28");
}

}  // namespace
}  // namespace latent
