// Requests of the page of latent explore: method, path and query in the first line, then the body.
#include <map>
#include <string>

#include "explore/access.h"
#include "explore/handlers.h"
#include "fake_explorer.h"
#include "fuzz.h"

namespace {

// "POST /api/points?x=1&y=2" as the server hands it on; nothing is decoded here.
latent::explore::HttpRequest request_of(std::string_view input) {
  const std::string line(input.substr(0, input.find('\n')));
  latent::explore::HttpRequest request;
  request.body = std::string(input.substr(std::min(input.size(), line.size() + 1)));
  const size_t space = line.find(' ');
  request.method = line.substr(0, space);
  const std::string target = space == std::string::npos ? "" : line.substr(space + 1);
  const size_t question = target.find('?');
  request.path = target.substr(0, question);
  for (size_t at = question; at != std::string::npos;) {
    const size_t end = target.find('&', at + 1);
    const std::string pair = target.substr(at + 1, end == std::string::npos ? end : end - at - 1);
    const size_t equals = pair.find('=');
    request.query.emplace(pair.substr(0, equals),
                          equals == std::string::npos ? "" : pair.substr(equals + 1));
    at = end;
  }
  return request;
}

}  // namespace

LATENT_FUZZ_TARGET(input) {
  using namespace latent::explore;
  static FakeExplorer explorer;
  static const Page page{.html = "<html>", .policy = "default-src 'none'"};
  HttpRequest request = request_of(input);
  const HttpResponse response = answer(explorer, page, request);
  const bool known = response.status == 200 || (response.status >= 400 && response.status < 500);
  // A 500 is the fake run's own failure, which an empty upload causes.
  if (!known && !(response.status == 500 && request.body.empty())) std::abort();
  if (response.headers.empty()) std::abort();
  request.host = request.body.substr(0, 40);
  const Access access{.token = "token", .port = 80};
  const bool own = request.host == "127.0.0.1" || request.host == "localhost" ||
                   request.host == "127.0.0.1:80" || request.host == "localhost:80";
  if (!own && !access.refusal(request)) std::abort();
}
