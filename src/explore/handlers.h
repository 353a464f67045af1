// The server's answers: a function from a request to a response.
#pragma once

#include "explore/explorer.h"
#include "explore/http.h"
#include "explore/page.h"

namespace latent::explore {

/// The most bytes of a request's body: a picture file.
constexpr size_t kLargestBody = size_t{32} << 20;

/// Answers a request that Access lets through. What is wrong with a request becomes a 4xx with one
/// line of JSON; nothing is thrown.
HttpResponse answer(Explorer& explorer, const Page& page, const HttpRequest& request);

/// Returns a frame as bytes: the length of the head (uint32, little-endian), the head as JSON
/// filled up with spaces to a multiple of four bytes in all, and the frame's own bytes.
std::string frame_bytes(const Frame& frame);

}  // namespace latent::explore
