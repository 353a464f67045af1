// What the page asks of a run: questions already checked, answers not yet bytes of HTTP.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/tensor.h"

namespace latent::explore {

using Json = nlohmann::ordered_json;

/// Facts as JSON and numbers or pixels as bytes, for one response.
struct Frame {
  Json head;
  std::string bytes = {};
};

/// Which plane the map shows.
struct Axes {
  bool components = false;  // the two directions of largest variance
  int64_t x = 0, y = 1;     // else these latents
};

/// What a decoder gets besides latents.
struct Told {
  std::string words = {};  // "label=3", as latent sample --attribute takes it; "": see like
  int64_t like = -1;       // the example whose own condition is used; -1: nothing is known
};

struct ExamplesRequest {
  std::vector<int64_t> indices;
  bool originals = true, reconstructions = true;
  double noise = 0;  // in units of the noise that the run was trained with
};

struct DirectionRequest {
  std::string attribute;
  std::vector<std::string> orthogonal_to;
};

enum class MorphPath { kLinear, kSlerp, kData };

struct MorphRequest {
  Tensor points;      // [M, Z], M >= 2
  int64_t steps = 9;  // pictures from one point to the next, both included
  MorphPath path = MorphPath::kLinear;
  Told told = {};
  double fps = 12;  // of an animation
};

/// The run behind the page. Its functions are called by one thread and throw Error with one line
/// for what a user can change.
class Explorer {
 public:
  virtual ~Explorer() = default;

  virtual int64_t examples() const = 0;  // of the split
  virtual int64_t latents() const = 0;   // Z

  /// What the page needs to know at first.
  virtual Json info() = 0;
  /// Names of the examples; empty where they have none.
  virtual std::vector<std::string> names() = 0;
  /// float32 [N, 2]; head: the axes' names.
  virtual Frame points(const Axes& axes) = 0;
  /// A number for each example, float32 [N]: an attribute of that name, "error" or "distance".
  /// Long work is done piece by piece: until head's `done` is its `total` there are no bytes.
  virtual Frame values(const std::string& by) = 0;
  /// Pictures of codes [N, Z].
  virtual Frame decode(const Tensor& z, const Told& told) = 0;
  /// Originals, then reconstructions, of examples; of a few of them the codes in the head.
  virtual Frame pictures(const ExamplesRequest& request) = 0;
  /// The attributes with their directions and AUROCs.
  virtual Json attributes() = 0;
  virtual Json direction(const DirectionRequest& request) = 0;
  virtual Frame morph(const MorphRequest& request) = 0;
  /// The same as the bytes of a GIF.
  virtual std::string morph_gif(const MorphRequest& request) = 0;
  /// A random code.
  virtual Json random(double temperature, uint64_t seed) = 0;
  /// The examples nearest to a code [1, Z].
  virtual Json neighbours(const Tensor& z, int64_t count) = 0;
  /// The code of a picture file in memory, the picture as the model sees it, and its
  /// reconstruction.
  virtual Frame encode(const std::string& file) = 0;
};

}  // namespace latent::explore
