// A request of the page and its response, without the socket they came through.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace latent::explore {

struct HttpRequest {
  std::string method;                        // "GET"
  std::string path;                          // "/api/points", decoded
  std::map<std::string, std::string> query;  // of each name the first value, decoded
  std::string host, origin, token;           // headers; "" if missing
  std::string body;
};

struct HttpResponse {
  int status = 200;
  std::string type;  // "application/json"
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers = {};
};

/// Returns a response that says in JSON what is wrong: {"error": message}.
HttpResponse failure(int status, const std::string& message);

}  // namespace latent::explore
