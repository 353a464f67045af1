#include "explore/handlers.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <array>
#include <charconv>
#include <utility>

#include "core/error.h"
#include "core/system/out_of_memory.h"
#include "explore/access.h"
#include "explore/fields.h"

namespace latent::explore {
namespace {

constexpr size_t kMostDecoded = 1024, kMostExamples = 2000, kMostWaypoints = 20;
constexpr size_t kMostAttributes = 40;
constexpr int64_t kMostSteps = 60, kMostNeighbours = 100;
constexpr size_t kLargestJson = size_t{4} << 20;

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

HttpResponse json_response(const Json& json) {
  return {.status = 200, .type = "application/json", .body = text_of(json)};
}

HttpResponse frame_response(const Frame& frame) {
  return {.status = 200, .type = "application/octet-stream", .body = frame_bytes(frame)};
}

std::string query_text(const HttpRequest& request, const std::string& name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? "" : found->second;
}

int64_t query_integer(const HttpRequest& request, const std::string& name, int64_t high) {
  const std::string text = query_text(request, name);
  int64_t value = -1;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size() || value < 0 || value > high)
    throw Error(fmt::format("{}: expected an integer from 0 to {}", name, high));
  return value;
}

Told told_of(const Fields& fields, const Explorer& explorer) {
  return {.words = fields.text("condition"),
          .like = fields.integer("like", 0, explorer.examples() - 1, -1)};
}

MorphPath path_of(const std::string& name) {
  if (name.empty() || name == "linear") return MorphPath::kLinear;
  if (name == "slerp") return MorphPath::kSlerp;
  if (name == "data") return MorphPath::kData;
  throw Error("path: expected linear, slerp or data");
}

MorphRequest morph_of(const HttpRequest& request, const Explorer& explorer) {
  const Fields fields(request.body);
  MorphRequest morph;
  morph.points = fields.codes("points", explorer.latents(), kMostWaypoints);
  if (morph.points.size(0) < 2) throw Error("points: expected two or more");
  morph.steps = fields.integer("steps", 2, kMostSteps, 9);
  morph.path = path_of(fields.text("path"));
  morph.told = told_of(fields, explorer);
  morph.fps = fields.number("fps", 1, 50, 12);
  return morph;
}

HttpResponse get_page(Explorer&, const Page& page, const HttpRequest&) {
  return {.status = 200,
          .type = "text/html; charset=utf-8",
          .body = page.html,
          .headers = {{"Content-Security-Policy", page.policy}}};
}

HttpResponse get_info(Explorer& explorer, const Page&, const HttpRequest&) {
  return json_response(explorer.info());
}

HttpResponse get_names(Explorer& explorer, const Page&, const HttpRequest&) {
  return json_response(explorer.names());
}

HttpResponse get_alive(Explorer&, const Page&, const HttpRequest&) {
  return json_response(Json::object());
}

HttpResponse get_points(Explorer& explorer, const Page&, const HttpRequest& request) {
  Axes axes{.components = query_text(request, "plane") == "components"};
  if (!axes.components) {
    axes.x = query_integer(request, "x", explorer.latents() - 1);
    axes.y = query_integer(request, "y", explorer.latents() - 1);
  }
  return frame_response(explorer.points(axes));
}

HttpResponse get_values(Explorer& explorer, const Page&, const HttpRequest& request) {
  return frame_response(explorer.values(query_text(request, "by")));
}

HttpResponse get_attributes(Explorer& explorer, const Page&, const HttpRequest&) {
  return json_response(explorer.attributes());
}

HttpResponse post_decode(Explorer& explorer, const Page&, const HttpRequest& request) {
  const Fields fields(request.body);
  return frame_response(explorer.decode(fields.codes("z", explorer.latents(), kMostDecoded),
                                        told_of(fields, explorer)));
}

HttpResponse post_examples(Explorer& explorer, const Page&, const HttpRequest& request) {
  const Fields fields(request.body);
  return frame_response(
      explorer.pictures({.indices = fields.indices("indices", explorer.examples(), kMostExamples),
                         .originals = fields.flag("originals", true),
                         .reconstructions = fields.flag("reconstructions", true),
                         .noise = fields.number("noise", 0, 3, 0)}));
}

HttpResponse post_direction(Explorer& explorer, const Page&, const HttpRequest& request) {
  const Fields fields(request.body);
  return json_response(
      explorer.direction({.attribute = fields.text("attribute"),
                          .orthogonal_to = fields.texts("orthogonal_to", kMostAttributes)}));
}

HttpResponse post_morph(Explorer& explorer, const Page&, const HttpRequest& request) {
  return frame_response(explorer.morph(morph_of(request, explorer)));
}

HttpResponse post_gif(Explorer& explorer, const Page&, const HttpRequest& request) {
  return {
      .status = 200, .type = "image/gif", .body = explorer.morph_gif(morph_of(request, explorer))};
}

HttpResponse post_random(Explorer& explorer, const Page&, const HttpRequest& request) {
  const Fields fields(request.body);
  const int64_t seed = fields.integer("seed", 0, int64_t{1} << 53, 0);
  return json_response(
      explorer.random(fields.number("temperature", 0, 10, 1), static_cast<uint64_t>(seed)));
}

HttpResponse post_neighbours(Explorer& explorer, const Page&, const HttpRequest& request) {
  const Fields fields(request.body);
  return json_response(explorer.neighbours(fields.codes("z", explorer.latents(), 1),
                                           fields.integer("count", 1, kMostNeighbours, 8)));
}

HttpResponse post_encode(Explorer& explorer, const Page&, const HttpRequest& request) {
  return frame_response(explorer.encode(request.body));
}

/// What answers a path.
struct Route {
  const char* method;
  const char* path;
  HttpResponse (*answer)(Explorer&, const Page&, const HttpRequest&);
  size_t largest_body = kLargestJson;
};

constexpr std::array kRoutes{
    Route{"GET", "/", get_page},
    Route{"GET", "/api/info", get_info},
    Route{"GET", "/api/names", get_names},
    Route{"GET", "/api/alive", get_alive},
    Route{"GET", "/api/points", get_points},
    Route{"GET", "/api/values", get_values},
    Route{"GET", "/api/attributes", get_attributes},
    Route{"POST", "/api/decode", post_decode},
    Route{"POST", "/api/examples", post_examples},
    Route{"POST", "/api/direction", post_direction},
    Route{"POST", "/api/morph", post_morph},
    Route{"POST", "/api/morph.gif", post_gif},
    Route{"POST", "/api/random", post_random},
    Route{"POST", "/api/neighbours", post_neighbours},
    Route{"POST", "/api/encode", post_encode, kLargestBody},
};

HttpResponse dispatch(Explorer& explorer, const Page& page, const HttpRequest& request) {
  bool known = false;
  for (const Route& route : kRoutes) {
    if (request.path != route.path) continue;
    known = true;
    if (request.method != route.method) continue;
    if (request.body.size() > route.largest_body) return failure(413, "the request is too large");
    return route.answer(explorer, page, request);
  }
  return known ? failure(405, "another method is expected here") : failure(404, "no such path");
}

}  // namespace

std::string frame_bytes(const Frame& frame) {
  std::string head = text_of(frame.head);
  head.resize((head.size() + 3) / 4 * 4, ' ');
  std::string all;
  all.reserve(4 + head.size() + frame.bytes.size());
  for (int shift = 0; shift < 32; shift += 8)
    all += static_cast<char>((head.size() >> shift) & 255);
  all += head;
  all += frame.bytes;
  return all;
}

HttpResponse answer(Explorer& explorer, const Page& page, const HttpRequest& request) {
  HttpResponse response;
  try {
    response = dispatch(explorer, page, request);
  } catch (const Error& wrong) {
    response = failure(400, wrong.what());
  } catch (const std::exception& broken) {
    response = failure(500, reason_of(broken));
  }
  const auto& headers = safe_headers();
  response.headers.insert(response.headers.end(), headers.begin(), headers.end());
  return response;
}

}  // namespace latent::explore
