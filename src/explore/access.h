// Who may talk to the server: only pages that know its token and reach it by its own address.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "explore/http.h"

namespace latent::explore {

/// Returns 32 hexadecimal digits that nobody can guess. Throws Error if the system has no random
/// numbers.
std::string new_token();

/// Returns whether two texts are equal, in a time that depends on their lengths alone.
bool same_secret(const std::string& a, const std::string& b);

/// What every request is checked for before its body is read.
struct Access {
  std::string token;
  int port = 0;

  /// Returns the response to a request that may not be answered, or nothing: a Host other than
  /// 127.0.0.1 or localhost (a page elsewhere whose name was rebound to this machine), an Origin
  /// other than the server's own, a missing or wrong token, a method other than GET and POST.
  std::optional<HttpResponse> refusal(const HttpRequest& request) const;
};

/// Headers of every response: nothing is guessed, kept, framed or told to other sites.
const std::vector<std::pair<std::string, std::string>>& safe_headers();

}  // namespace latent::explore
