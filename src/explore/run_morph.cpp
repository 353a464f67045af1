// Morphs: paths through codes, their pictures and their animation.
#include <ATen/ATen.h>

#include "core/error.h"
#include "explore/run_explorer.h"
#include "image/gif.h"
#include "space/data_path.h"
#include "space/paths.h"
#include "visual/frames.h"

namespace latent::explore {
namespace {

constexpr int64_t kGraphPoints = 5000, kGraphNeighbours = 10;

}  // namespace

// Through the examples that lie between the points: shortest paths over nearest neighbours among
// evenly chosen examples and the points themselves.
Tensor RunExplorer::along_data(const MorphRequest& request) const {
  const int64_t chosen = std::min(examples(), kGraphPoints);
  const Tensor rows = at::linspace(0, static_cast<double>(examples() - 1), chosen, at::kDouble)
                          .round()
                          .to(at::kLong);
  const Tensor known = at::cat({codes_.code.index_select(0, rows), request.points});
  const space::DataGraph graph(known, std::min(kGraphNeighbours, known.size(0) - 1));
  std::vector<Tensor> parts;
  for (int64_t i = 0; i + 1 < request.points.size(0); ++i) {
    const auto along = graph.shortest_path(chosen + i, chosen + i + 1);
    const Tensor part =
        space::evenly_along(known.index_select(0, at::tensor(along, at::kLong)), request.steps);
    parts.push_back(i == 0 ? part : part.narrow(0, 1, request.steps - 1));
  }
  return at::cat(parts);
}

Tensor RunExplorer::morph_codes(const MorphRequest& request) const {
  if (request.path == MorphPath::kData) return along_data(request);
  return space::through(
      request.points, request.steps,
      request.path == MorphPath::kSlerp ? space::Path::kSlerp : space::Path::kLinear);
}

Frame RunExplorer::morph(const MorphRequest& request) {
  const Tensor z = morph_codes(request);
  return {.head = {{"count", z.size(0)}, {"z", rows_json(z)}},
          .bytes = picture_bytes(decoded(z, request.told), examples_.is_table())};
}

std::string RunExplorer::morph_gif(const MorphRequest& request) {
  if (examples_.is_table()) throw Error("rows of a table make no animation");
  const Tensor pictures = decoded(morph_codes(request), request.told);
  std::vector<Tensor> frames;
  for (const Tensor& each : pictures.split(1))
    frames.push_back(each);
  return encode_gif(visual::frames(frames, {}), "morph.gif",
                    {.fps = request.fps, .ping_pong = true})
      .bytes;
}

}  // namespace latent::explore
