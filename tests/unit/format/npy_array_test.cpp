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
  expect_values("<f2", stored<uint16_t>({0x3c00, 0, 0x4000}));
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

// Element (i, j, k) of an array of 2x3x2 is 100 i + 10 j + k; i changes fastest in the file.
TEST_F(Npy, ReadsFortransOrder) {
  std::vector<int16_t> file_order;
  for (const int k : {0, 1}) {
    for (const int j : {0, 1, 2}) {
      for (const int i : {0, 1})
        file_order.push_back(static_cast<int16_t>(100 * i + 10 * j + k));
    }
  }
  NpyArray got = array(
      npy_file("{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3, 2)}", stored(file_order)));
  expect_tensor_near(got.rows(1, 1), torch::tensor({{{100, 101}, {110, 111}, {120, 121}}}), 0);
  expect_tensor_near(got.rows(0, 2)[0], torch::tensor({{0, 1}, {10, 11}, {20, 21}}), 0);
}

TEST_F(Npy, ReadsWords) {
  const std::vector<std::string> animals{"cat", "\xc3\xbc"};
  const auto utf32 = stored<uint32_t>({'c', 'a', 't', 0xfc, 0, 0});
  EXPECT_EQ(array(npy_bytes("<U3", "(2,)", utf32)).words(0, 2), animals);
  EXPECT_EQ(array(npy_bytes("<U3", "(2,)", utf32)).words(1, 1), std::vector{animals[1]});
  const std::string swapped("\0\0\0c\0\0\0a\0\0\0t", 12);
  EXPECT_EQ(array(npy_bytes(">U3", "(1,)", swapped)).words(0, 1), std::vector{animals[0]});
  EXPECT_EQ(array(npy_bytes("|S4", "(2,)", std::string("cat\0\xc3\xbc\0\0", 8))).words(0, 2),
            animals);
  // Surrogates, letters beyond Unicode and bytes that are no UTF-8.
  const std::string broken = "\xef\xbf\xbd";
  EXPECT_EQ(array(npy_bytes("<U2", "(1,)", stored<uint32_t>({0xd800, 0x110000}))).words(0, 1),
            std::vector{broken + broken});
  EXPECT_EQ(array(npy_bytes("|S1", "(1,)", "\xff")).words(0, 1), std::vector{broken});
  EXPECT_EQ(array(npy_bytes("<U1", "(1,)", stored<uint32_t>({0x1f600}))).words(0, 1),
            std::vector<std::string>{"\xf0\x9f\x98\x80"});
  expect_error([&] { array(npy_bytes("|S1", "(1,)", "a")).rows(0, 1); },
               path_.string() + ": holds words; expected numbers");
  expect_error([&] { array(npy_bytes("|u1", "(1,)", "a")).words(0, 1); },
               path_.string() + ": holds numbers; expected words");
}

TEST_F(Npy, RefusesWhatItWouldHaveToGuess) {
  expect_refused("PK\3\4 and more",
                 "not an NPY file: it does not begin with \\x93NUMPY; "
                 "data.name npz reads archives");
  expect_refused("", "not an NPY file: it does not begin with \\x93NUMPY");
  expect_refused("\x93NUMPY\x09", "NPY version 0; expected 1 to 3");
  expect_refused("\x93NUMPY\x04zzzz", "NPY version 4; expected 1 to 3");
  expect_refused(
      npy_bytes("|O", "(2,)", "ab"),
      "holds Python objects, which are never loaded; expected numbers or words: save "
      "numpy.stack(list(array)) if they are arrays, array.astype(str) if they are words");
  for (const char* type : {"<c8", "<f1", "<U0", "|S", "<U1234567"}) {
    expect_refused(npy_bytes(type, "(1,)", std::string(8, 'a')),
                   std::string("values of type ") + type +
                       "; expected bool, int, uint, float16, float32, float64 or words");
  }
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
