// Image files made by hand, byte by byte, so that each can be wrong in one way.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>
#include <vector>

namespace latent::testing_files {

inline std::string hex(const std::string& digits) {
  std::string bytes;
  for (size_t i = 0; i < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

inline std::string big(uint64_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i)
    text += static_cast<char>(value >> (8 * i));
  return text;
}

inline std::string little(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i)
    text += static_cast<char>(value >> (8 * i));
  return text;
}

inline std::string png_chunk(const std::string& type, const std::string& data) {
  const std::string body = type + data;
  const auto sum =
      crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
  return big(data.size(), 4) + body + big(sum, 4);
}

/// kind: 0 grey, 2 RGB, 3 palette, 4 grey + alpha, 6 RGBA.  rows: unfiltered bytes of each row.
/// chunks: put before the pixels.
inline std::string png(uint32_t width, uint32_t height, int bits, int kind,
                       const std::vector<std::string>& rows, const std::string& chunks = "") {
  std::string raw;
  for (const auto& row : rows)
    raw += std::string(1, '\0') + row;
  uLongf size = compressBound(raw.size());
  std::string packed(size, '\0');
  ::compress(reinterpret_cast<Bytef*>(packed.data()), &size,
             reinterpret_cast<const Bytef*>(raw.data()), raw.size());
  packed.resize(size);
  const std::string header = big(width, 4) + big(height, 4) + big(static_cast<uint64_t>(bits), 1) +
                             big(static_cast<uint64_t>(kind), 1);
  return "\x89PNG\r\n\x1a\n" + png_chunk("IHDR", header + std::string(3, '\0')) + chunks +
         png_chunk("IDAT", packed) + png_chunk("IEND", "");
}

/// An EXIF block that holds nothing but the orientation.
inline std::string exif(int orientation) {
  return "II*" + std::string(1, '\0') + little(8, 4) + little(1, 2) + little(274, 2) +
         little(3, 2) + little(1, 4) + little(static_cast<uint64_t>(orientation), 4) + little(0, 4);
}

/// 16x8: the left half red, the right half blue.  orientation 0: no EXIF.
inline std::string jpeg(int orientation = 0) {
  const std::string bytes =
      hex("ffd8ffe000104a46494600010100000100010000ffdb00430003020203020203030303040303040508050504"
          "04050a070706080c0a0c0c0b0a0b0b0d0e12100d0e110e0b0b1016101113141515150c0f1718161418121415"
          "14ffdb00430103040405040509050509140d0b0d141414141414141414141414141414141414141414141414"
          "1414141414141414141414141414141414141414141414141414ffc000110800080010030122000211010311"
          "01ffc400160001010100000000000000000000000000000708ffc40014100100000000000000000000000000"
          "000000ffc4001501010100000000000000000000000000000708ffc400181100020300000000000000000000"
          "00000000084583c3ffda000c03010002110311003f00ce88101c16598a3628d61a2aec8fffd9");
  if (orientation == 0) return bytes;
  const std::string block = std::string("Exif\0\0", 6) + exif(orientation);
  return bytes.substr(0, 2) + "\xff\xe1" + big(block.size() + 2, 2) + block + bytes.substr(2);
}

/// 16x8, the same picture in several scans.
inline std::string progressive_jpeg() {
  return hex(
      "ffd8ffe000104a46494600010100000100010000ffdb00430003020203020203030303040303040508050504"
      "04050a070706080c0a0c0c0b0a0b0b0d0e12100d0e110e0b0b1016101113141515150c0f1718161418121415"
      "14ffdb00430103040405040509050509140d0b0d141414141414141414141414141414141414141414141414"
      "1414141414141414141414141414141414141414141414141414ffc200110800080010030122000211010311"
      "01ffc400160001010100000000000000000000000000000607ffc40015010101000000000000000000000000"
      "00000607ffda000c03010002100310000001ce6047146fffc400141001000000000000000000000000000000"
      "10ffda00080101000105023fffc40018110002030000000000000000000000000000074482c2ffda00080103"
      "01013f0161c5be4fffc40018110002030000000000000000000000000000074482c2ffda0008010201013f01"
      "594ca6cfffc40014100100000000000000000000000000000010ffda0008010100063f023fffc40014100100"
      "000000000000000000000000000010ffda0008010100013f213fffda000c0301000200030000001087ffc400"
      "14110100000000000000000000000000000000ffda0008010301013f102fffc4001411010000000000000000"
      "0000000000000000ffda0008010201013f1017ffc40014100100000000000000000000000000000010ffda00"
      "08010100013f103fffd9");
}

/// 6x4, lossless: the left half transparent black, the right half opaque (30, 20, 10).
inline std::string webp() {
  return hex("5249464620000000574542505650384c130000002f05c000100f3014e3310af31ff0284e44ff0300");
}

/// 32 bits a pixel, rows from the bottom.  alpha: the header (version 5) says that the fourth byte
/// is alpha.
inline std::string bmp32(int32_t width, int32_t height, const std::string& bgra,
                         bool alpha = false) {
  const uint64_t header = alpha ? 124 : 40;
  std::string fields(header - 16, '\0');
  if (alpha) {
    fields[0] = 3;  // bit fields
    fields.replace(
        24, 16, little(0xff0000, 4) + little(0xff00, 4) + little(0xff, 4) + little(0xff000000, 4));
  }
  return "BM" + little(14 + header + bgra.size(), 4) + little(0, 4) + little(14 + header, 4) +
         little(header, 4) + little(static_cast<uint32_t>(width), 4) +
         little(static_cast<uint32_t>(height), 4) + little(1, 2) + little(32, 2) + fields + bgra;
}

/// Uncompressed grey, the directory before the pixels.  bits: 8, 16 or (as floats) 32.
inline std::string tiff(uint32_t width, uint32_t height, int bits, const std::string& pixels) {
  const auto entry = [](uint64_t tag, uint64_t value) {
    return little(tag, 2) + little(4, 2) + little(1, 4) + little(value, 4);
  };
  const auto depth = static_cast<uint64_t>(bits);
  const std::string entries =
      entry(256, width) + entry(257, height) + entry(258, depth) + entry(259, 1) + entry(262, 1) +
      entry(273, 8 + 2 + 10 * 12 + 4) + entry(277, 1) + entry(278, height) +
      entry(279, uint64_t{width} * height * depth / 8) + entry(339, bits == 32 ? 3 : 1);
  return "II*" + std::string(1, '\0') + little(8, 4) + little(10, 2) + entries + little(0, 4) +
         pixels;
}

/// A directory entry: a tag and its values.
using TiffTag = std::pair<uint64_t, std::vector<uint64_t>>;

/// Little-endian TIFF of 8-bit or 16-bit values: the pixels from byte 8 on, then the directory with
/// these tags, in ascending order, and those of one page without compression.
/// next: place of the next directory.
inline std::string tiff_of(const std::vector<TiffTag>& tags, const std::string& pixels,
                           uint64_t next = 0) {
  std::string lists, entries;
  for (const auto& [tag, values] : tags) {
    const uint64_t place = 8 + pixels.size() + lists.size();
    entries += little(tag, 2) + little(4, 2) + little(values.size(), 4);
    entries += little(values.size() == 1 ? values.front() : place, 4);
    if (values.size() == 1) continue;
    for (const uint64_t value : values)
      lists += little(value, 4);
  }
  return "II*" + std::string(1, '\0') + little(8 + pixels.size() + lists.size(), 4) + pixels +
         lists + little(tags.size(), 2) + entries + little(next, 4);
}

/// 2x2, four colours; the first frame shows them one after the other, row by row. codes: the first
/// frame's, with their sub-blocks. control: before the first frame.
inline std::string gif(const std::string& control = "", int flags = 0, int width = 2,
                       int height = 2) {
  // Clear, 0, 1, 2 in 3 bits; 3 and the end in 4.
  const std::string codes("\x02\x03\x44\x34\x05\0", 6);
  const std::string colours("\x0a\x14\x1e\xff\0\0\0\xff\0\0\0\xff", 12);
  return "GIF89a" + little(static_cast<uint64_t>(width), 2) +
         little(static_cast<uint64_t>(height), 2) + std::string("\x81\0\0", 3) + colours + control +
         "," + little(0, 4) + little(static_cast<uint64_t>(width), 2) +
         little(static_cast<uint64_t>(height), 2) + static_cast<char>(flags) + codes + ";";
}

/// An animation of two frames, each the picture of webp(), the first at (2, 0) of an 8x4 canvas.
inline std::string animated_webp() {
  const std::string still = webp().substr(12);
  const std::string frame = little(1, 3) + little(0, 3) + little(5, 3) + little(3, 3) +
                            little(100, 3) + std::string(1, '\0') + still;
  const std::string chunk = "ANMF" + little(frame.size(), 4) + frame;
  const std::string canvas = std::string("\x12\0\0\0", 4) + little(7, 3) + little(3, 3);
  const std::string all = "WEBPVP8X" + little(10, 4) + canvas + "ANIM" + little(6, 4) +
                          std::string(6, '\0') + chunk + chunk;
  return "RIFF" + little(all.size(), 4) + all;
}

}  // namespace latent::testing_files
