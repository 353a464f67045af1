#include "core/distributed/sign.h"

#include <spdlog/fmt/fmt.h>

namespace latent {

std::string sign_text(int64_t number, Sign sign, const std::string& host,
                      const std::string& message) {
  return fmt::format("{}\n{}\n{}\n{}", number, static_cast<char>(sign), host, message);
}

std::string sign_key(int64_t rank) { return fmt::format("sign/{}", rank); }

void Neighbour::read(const std::string& found) {
  if (found == text) return;
  text = found;
  changed = std::chrono::steady_clock::now();
  const size_t of_sign = text.find('\n') + 1;
  if (of_sign == 0) return;
  const size_t of_host = text.find('\n', of_sign) + 1;
  if (of_host == 0) return;
  const size_t of_message = text.find('\n', of_host) + 1;
  if (of_message == 0) return;
  sign = static_cast<Sign>(text[of_sign]);
  host = text.substr(of_host, of_message - 1 - of_host);
  message = text.substr(of_message);
}

}  // namespace latent
