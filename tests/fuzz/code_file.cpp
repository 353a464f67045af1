// Compressed pictures: the file, and the codes in its payload.
#include "format/code_file.h"

#include <ATen/ATen.h>

#include "fuzz.h"
#include "space/code_tables.h"

LATENT_FUZZ_TARGET(input) {
  using namespace latent;
  static const space::CodeTables tables =
      space::fit_code_tables((at::arange(240, at::kLong) * 7).remainder(5).view({20, 12}), 5, 4);
  // Any payload gives some codes, which come back from the bytes they are written as.
  const Tensor codes = space::decode_codes(tables, input);
  const std::string written = space::encode_codes(tables, codes);
  if (!at::equal(space::decode_codes(tables, written), codes)) std::abort();
  const CodeFile whole{
      .fingerprint = "abcdef", .width = 8, .height = 8, .payload = std::string(input)};
  if (input.size() < 1000 &&
      parse_code_file(code_file_bytes(whole), "made").payload != whole.payload)
    std::abort();
  parse_code_file(input, "file");
}
