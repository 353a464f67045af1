// Bytes as text: base64.
#pragma once

#include <string>
#include <string_view>

namespace latent {

/// Returns the bytes in the standard alphabet with padding. Source: RFC 4648, section 4.
std::string base64(std::string_view bytes);

}  // namespace latent
