// The interface between the program and its HTTP server, a library loaded by `latent explore`
// alone: one function that returns one table.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "explore/http.h"

namespace latent::explore {

/// How a server answers. Its functions are called by several threads.
struct Answering {
  /// Returns the response to a request that may not be answered, from its head alone.
  std::function<std::optional<HttpResponse>(const HttpRequest&)> refuse;
  std::function<HttpResponse(const HttpRequest&)> answer;
  size_t largest_body = 0;  // bytes; more ends in a 413
};

/// A server on 127.0.0.1; it serves from its construction to its end.
class Server {
 public:
  virtual ~Server() = default;
  virtual int port() const = 0;
};

struct ServerTable {
  /// port: 0 for any that is free.  answering: must know the port only when it is called; the first
  /// request comes after `ready` was called with it.  Throws Error if the port is in use.
  std::unique_ptr<Server> (*serve)(int port, const std::function<Answering(int port)>& ready);
};

/// The name under which the library exports `const ServerTable* latent_server_table()`.
constexpr const char* kServerTableSymbol = "latent_server_table";

}  // namespace latent::explore
