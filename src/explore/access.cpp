#include "explore/access.h"

#include <sys/random.h>

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "core/error.h"

namespace latent::explore {
namespace {

constexpr const char* kOwnNames[] = {"127.0.0.1", "localhost"};

// "127.0.0.1:8080", or without a port where it is the usual one.
bool is_own_host(const std::string& host, int port) {
  for (const char* name : kOwnNames) {
    std::string expected = name;
    if (port == 80 && host == expected) return true;
    expected += ":";
    expected += std::to_string(port);
    if (host == expected) return true;
  }
  return false;
}

bool is_own_origin(const std::string& origin, int port) {
  constexpr std::string_view kScheme = "http://";
  return origin.starts_with(kScheme) && is_own_host(origin.substr(kScheme.size()), port);
}

}  // namespace

HttpResponse failure(int status, const std::string& message) {
  const nlohmann::ordered_json json{{"error", message}};
  return {.status = status,
          .type = "application/json",
          .body = json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)};
}

std::string new_token() {
  std::array<uint8_t, 16> bytes{};
  size_t held = 0;
  while (held < bytes.size()) {
    const ssize_t got = ::getrandom(bytes.data() + held, bytes.size() - held, 0);
    if (got < 0) throw Error("the system gives no random numbers for the page's token");
    held += static_cast<size_t>(got);
  }
  std::string token;
  for (const uint8_t byte : bytes) {
    constexpr const char* kDigits = "0123456789abcdef";
    token += kDigits[byte >> 4];
    token += kDigits[byte & 15];
  }
  return token;
}

bool same_secret(const std::string& a, const std::string& b) {
  if (a.size() != b.size()) return false;
  unsigned differences = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const auto x = static_cast<unsigned char>(a[i]), y = static_cast<unsigned char>(b[i]);
    differences |= static_cast<unsigned>(x ^ y);
  }
  return differences == 0;
}

std::optional<HttpResponse> Access::refusal(const HttpRequest& request) const {
  if (!is_own_host(request.host, port))
    return failure(421, "this server answers to 127.0.0.1 and localhost only");
  if (!request.origin.empty() && !is_own_origin(request.origin, port))
    return failure(403, "pages of other sites get no answer");
  const auto asked = request.query.find("token");
  const std::string& shown =
      request.token.empty() && asked != request.query.end() ? asked->second : request.token;
  if (token.empty() || !same_secret(shown, token))
    return failure(403, "wrong or no token; open the address that latent explore printed");
  if (request.method != "GET" && request.method != "POST")
    return failure(405, "expected GET or POST");
  return std::nullopt;
}

const std::vector<std::pair<std::string, std::string>>& safe_headers() {
  static const std::vector<std::pair<std::string, std::string>> headers{
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
      {"Cache-Control", "no-store"},
      {"X-Frame-Options", "DENY"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Cross-Origin-Opener-Policy", "same-origin"}};
  return headers;
}

}  // namespace latent::explore
