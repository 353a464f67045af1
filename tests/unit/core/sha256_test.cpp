#include "core/sha256.h"

#include <gtest/gtest.h>

namespace latent {
namespace {

std::string digest_of(const std::string& text) {
  Sha256 digest;
  digest.add(text);
  return digest.hex();
}

// The examples of FIPS 180-4.
TEST(Sha256, OfKnownTexts) {
  EXPECT_EQ(digest_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(digest_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(digest_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(digest_of(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, IsTheSamePieceByPiece) {
  const std::string text(1000, 'x');
  for (const size_t piece : {1, 7, 63, 64, 65, 200}) {
    Sha256 digest;
    for (size_t first = 0; first < text.size(); first += piece)
      digest.add(text.substr(first, piece));
    EXPECT_EQ(digest.hex(), digest_of(text)) << piece;
  }
}

}  // namespace
}  // namespace latent
