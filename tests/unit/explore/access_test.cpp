#include "explore/access.h"

#include <gtest/gtest.h>

#include <set>

namespace latent::explore {
namespace {

HttpRequest good() {
  return {.method = "GET",
          .path = "/",
          .query = {{"token", "secret"}},
          .host = "127.0.0.1:8080",
          .origin = "",
          .token = "",
          .body = ""};
}

const Access kAccess{.token = "secret", .port = 8080};

int status_of(const HttpRequest& request) {
  const auto refused = kAccess.refusal(request);
  return refused ? refused->status : 200;
}

TEST(Access, TheAddressThatWasPrintedIsAnswered) {
  EXPECT_EQ(status_of(good()), 200);
  HttpRequest request = good();
  request.host = "localhost:8080";
  EXPECT_EQ(status_of(request), 200);
  request.query.clear();
  request.token = "secret";
  request.origin = "http://localhost:8080";
  request.method = "POST";
  EXPECT_EQ(status_of(request), 200);
}

TEST(Access, OtherHostsAreRefused) {
  for (const char* host : {"", "evil.example", "evil.example:8080", "127.0.0.1", "127.0.0.1:8081",
                           "localhost:80800", "127.0.0.1:8080.evil.example", "[::1]:8080"}) {
    HttpRequest request = good();
    request.host = host;
    EXPECT_EQ(status_of(request), 421) << host;
  }
}

TEST(Access, OtherOriginsAreRefused) {
  for (const char* origin : {"null", "http://evil.example", "https://127.0.0.1:8080",
                             "http://127.0.0.1:8081", "http://127.0.0.1:8080.evil.example"}) {
    HttpRequest request = good();
    request.origin = origin;
    EXPECT_EQ(status_of(request), 403) << origin;
  }
}

TEST(Access, AWrongOrMissingTokenIsRefused) {
  for (const char* token : {"", "secre", "secretx", "Secret", "tecres"}) {
    HttpRequest request = good();
    request.query["token"] = token;
    EXPECT_EQ(status_of(request), 403) << token;
  }
  HttpRequest request = good();
  request.query.clear();
  EXPECT_EQ(status_of(request), 403);
  request.token = "wrong";  // the header counts, not the address
  request.query["token"] = "secret";
  EXPECT_EQ(status_of(request), 403);
  const Access none{.token = "", .port = 8080};
  request.token = request.query["token"] = "";
  EXPECT_EQ(none.refusal(request)->status, 403);
}

TEST(Access, OtherMethodsAreRefused) {
  for (const char* method : {"PUT", "DELETE", "OPTIONS", "HEAD", "get"}) {
    HttpRequest request = good();
    request.method = method;
    EXPECT_EQ(status_of(request), 405) << method;
  }
}

TEST(Access, TokensAreLongAndDiffer) {
  std::set<std::string> tokens;
  for (int i = 0; i < 100; ++i)
    tokens.insert(new_token());
  EXPECT_EQ(tokens.size(), 100U);
  EXPECT_EQ(tokens.begin()->size(), 32U);
  EXPECT_EQ(tokens.begin()->find_first_not_of("0123456789abcdef"), std::string::npos);
}

TEST(Access, SecretsAreComparedWhole) {
  EXPECT_TRUE(same_secret("abc", "abc"));
  EXPECT_TRUE(same_secret("", ""));
  EXPECT_FALSE(same_secret("abc", "abd"));
  EXPECT_FALSE(same_secret("abc", "Abc"));
  EXPECT_FALSE(same_secret("abc", "abcd"));
}

}  // namespace
}  // namespace latent::explore
