#include "explore/handlers.h"

#include <gtest/gtest.h>

#include "fake_explorer.h"

namespace latent::explore {
namespace {

class HandlersTest : public testing::Test {
 protected:
  HttpResponse get(const std::string& path, std::map<std::string, std::string> query = {}) {
    return answer(explorer_, page_,
                  {.method = "GET",
                   .path = path,
                   .query = std::move(query),
                   .host = {},
                   .origin = {},
                   .token = {},
                   .body = {}});
  }
  HttpResponse post(const std::string& path, const std::string& body) {
    return answer(explorer_, page_,
                  {.method = "POST",
                   .path = path,
                   .query = {},
                   .host = {},
                   .origin = {},
                   .token = {},
                   .body = body});
  }
  // The message of a refusal, which must be a 400.
  std::string refusal(const std::string& path, const std::string& body) {
    const HttpResponse response = post(path, body);
    EXPECT_EQ(response.status, 400) << path << " " << body;
    return response.status == 400 ? Json::parse(response.body)["error"].get<std::string>() : "";
  }

  FakeExplorer explorer_;
  Page page_{.html = "<html>", .policy = "default-src 'none'"};
};

std::string header_of(const HttpResponse& response, const std::string& name) {
  for (const auto& [key, value] : response.headers)
    if (key == name) return value;
  return "";
}

TEST_F(HandlersTest, ThePageComesWithItsPolicy) {
  const HttpResponse response = get("/");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "<html>");
  EXPECT_EQ(header_of(response, "Content-Security-Policy"), "default-src 'none'");
}

TEST_F(HandlersTest, EveryResponseHasTheSafeHeaders) {
  for (const auto& response :
       {get("/"), get("/api/info"), get("/nothing"), post("/api/decode", "")}) {
    EXPECT_EQ(header_of(response, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(header_of(response, "Referrer-Policy"), "no-referrer");
    EXPECT_EQ(header_of(response, "Cache-Control"), "no-store");
    EXPECT_EQ(header_of(response, "Access-Control-Allow-Origin"), "");
  }
}

TEST_F(HandlersTest, AFrameIsALengthAHeadAndBytes) {
  const std::string bytes = frame_bytes({.head = {{"a", 1}}, .bytes = "xyz"});
  EXPECT_EQ(bytes, std::string("\x08\0\0\0{\"a\":1} xyz", 15));
}

TEST_F(HandlersTest, UnknownPathsAndMethods) {
  EXPECT_EQ(get("/api/nothing").status, 404);
  EXPECT_EQ(get("/../etc/passwd").status, 404);
  EXPECT_EQ(get("").status, 404);
  EXPECT_EQ(get("/api/decode").status, 405);
  EXPECT_EQ(post("/api/info", "{}").status, 405);
}

TEST_F(HandlersTest, NamesThatAreNotTextAreMadeText) {
  const HttpResponse response = get("/api/names");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Json::parse(response.body)[2], "\xEF\xBF\xBD.png");
}

TEST_F(HandlersTest, PointsOfTwoLatentsOrComponents) {
  EXPECT_EQ(get("/api/points", {{"x", "1"}, {"y", "0"}}).status, 200);
  EXPECT_EQ(explorer_.asked, "1,0");
  EXPECT_EQ(get("/api/points", {{"plane", "components"}}).status, 200);
  EXPECT_EQ(explorer_.asked, "components");
  for (const char* wrong : {"", "2", "-1", "1x", " 1", "1.0", "99999999999999999999"})
    EXPECT_EQ(get("/api/points", {{"x", wrong}, {"y", "0"}}).status, 400) << wrong;
  EXPECT_EQ(get("/api/points").status, 400);
}

TEST_F(HandlersTest, ValuesAreRefusedByTheExplorer) {
  EXPECT_EQ(get("/api/values", {{"by", "label"}}).status, 200);
  EXPECT_EQ(get("/api/values", {{"by", "other"}}).status, 400);
}

TEST_F(HandlersTest, CodesAreDecoded) {
  EXPECT_EQ(post("/api/decode", R"({"z": [[0.5, -1], [2, 3e0]]})").status, 200);
  EXPECT_TRUE(
      at::equal(explorer_.seen, at::tensor(std::vector<float>{0.5, -1, 2, 3}).view({2, 2})));
  EXPECT_EQ(explorer_.asked, "/-1");
  EXPECT_EQ(post("/api/decode", R"({"z": [[0, 0]], "condition": "label=3", "like": 2})").status,
            200);
  EXPECT_EQ(explorer_.asked, "label=3/2");
}

TEST_F(HandlersTest, BodiesThatAreNotObjectsAreRefused) {
  for (const char* body : {"", "[", "{", "[]", "1", "null", "\"z\"", "{\"z\": }", "{\"z\": NaN}",
                           "{\"z\": [[1e999, 0]]}", "{} {}", "\xff{}"}) {
    EXPECT_EQ(refusal("/api/decode", body), "body: expected a JSON object") << body;
  }
  EXPECT_EQ(refusal("/api/decode", std::string(100'000, '[')), "body: expected a JSON object");
}

TEST_F(HandlersTest, CodesOfAnotherShapeAreRefused) {
  EXPECT_EQ(refusal("/api/decode", "{}"), "z: expected a list of 1 to 1024");
  EXPECT_EQ(refusal("/api/decode", R"({"z": []})"), "z: expected a list of 1 to 1024");
  for (const char* z : {"[[1]]", "[[1, 2, 3]]", "[1, 2]", "[[1, 2], [1]]", "[{}]"}) {
    std::string body = "{\"z\": ";
    body += z;
    body += "}";
    EXPECT_EQ(refusal("/api/decode", body), "z: expected codes of 2 numbers each");
  }
  EXPECT_EQ(refusal("/api/decode", R"({"z": [[1, "2"]]})"), "z: expected finite numbers");
  EXPECT_EQ(refusal("/api/decode", R"({"z": [[1, 2e6]]})"),
            "z: expected finite numbers between -1e+06 and 1e+06");
  std::string many = "{\"z\": [[0, 0]";
  for (int i = 0; i < 1024; ++i)
    many += ",[0, 0]";
  EXPECT_EQ(refusal("/api/decode", many + "]}"), "z: expected a list of 1 to 1024");
}

TEST_F(HandlersTest, ExamplesAreChecked) {
  EXPECT_EQ(post("/api/examples", R"({"indices": [0, 2, 0], "noise": 0.5})").status, 200);
  for (const char* wrong : {"[3]", "[-1]", "[0.5]", "[\"0\"]", "[18446744073709551615]"}) {
    std::string body = "{\"indices\": ";
    body += wrong;
    body += "}";
    EXPECT_EQ(refusal("/api/examples", body), "indices: expected integers from 0 to 2");
  }
  EXPECT_EQ(refusal("/api/examples", R"({"indices": 1})"), "indices: expected a list of 1 to 2000");
  EXPECT_EQ(refusal("/api/examples", R"({"indices": [0], "noise": 4})"),
            "noise: expected a number from 0 to 3");
  EXPECT_EQ(refusal("/api/examples", R"({"indices": [0], "originals": 1})"),
            "originals: expected true or false");
}

TEST_F(HandlersTest, MorphsAreChecked) {
  EXPECT_EQ(
      post("/api/morph", R"({"points": [[0, 0], [1, 1]], "path": "data", "steps": 5})").status,
      200);
  EXPECT_EQ(explorer_.asked, "2,5");
  EXPECT_EQ(refusal("/api/morph", R"({"points": [[0, 0]]})"), "points: expected two or more");
  EXPECT_EQ(refusal("/api/morph", R"({"points": [[0, 0], [1, 1]], "path": "round"})"),
            "path: expected linear, slerp or data");
  EXPECT_EQ(refusal("/api/morph", R"({"points": [[0, 0], [1, 1]], "steps": 61})"),
            "steps: expected an integer from 2 to 60");
  EXPECT_EQ(refusal("/api/morph", R"({"points": [[0, 0], [1, 1]], "steps": 2.5})"),
            "steps: expected an integer from 2 to 60");
  EXPECT_EQ(refusal("/api/morph.gif", R"({"points": [[0, 0], [1, 1]], "fps": 0})"),
            "fps: expected a number from 1 to 50");
  EXPECT_EQ(post("/api/morph.gif", R"({"points": [[0, 0], [1, 1]]})").type, "image/gif");
}

TEST_F(HandlersTest, DirectionsAndRandomCodesAreChecked) {
  EXPECT_EQ(post("/api/direction", R"({"attribute": "a", "orthogonal_to": ["b", "c"]})").body,
            R"({"attribute":"a","others":2})");
  EXPECT_EQ(refusal("/api/direction", R"({"attribute": 1})"), "attribute: expected a text");
  EXPECT_EQ(refusal("/api/direction", R"({"attribute": "a", "orthogonal_to": "b"})"),
            "orthogonal_to: expected a list of 0 to 40");
  std::string long_name = R"({"attribute": ")";
  long_name.append(1001, 'a').append("\"}");
  EXPECT_EQ(refusal("/api/direction", long_name),
            "attribute: expected a text of at most 1000 bytes");
  EXPECT_EQ(post("/api/random", R"({"temperature": 0.5, "seed": 7})").body,
            R"({"temperature":0.5,"seed":7})");
  EXPECT_EQ(refusal("/api/random", R"({"seed": -1})"),
            "seed: expected an integer from 0 to 9007199254740992");
  EXPECT_EQ(refusal("/api/random", R"({"seed": 18446744073709551615})"),
            "seed: expected an integer from 0 to 9007199254740992");
  EXPECT_EQ(refusal("/api/neighbours", R"({"z": [[0, 0], [1, 1]]})"),
            "z: expected a list of 1 to 1");
}

TEST_F(HandlersTest, LargeBodiesAreRefused) {
  EXPECT_EQ(post("/api/decode", std::string((4 << 20) + 1, ' ')).status, 413);
  EXPECT_EQ(post("/api/encode", std::string((4 << 20) + 1, ' ')).status, 200);
  EXPECT_EQ(post("/api/encode", std::string(kLargestBody + 1, ' ')).status, 413);
}

TEST_F(HandlersTest, AFailureOfTheProgramIsA500) {
  const HttpResponse response = post("/api/encode", "");
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(Json::parse(response.body)["error"], "broken inside");
}

}  // namespace
}  // namespace latent::explore
