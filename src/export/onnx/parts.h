// The parts of a run that can be written as ONNX files of their own.
#pragma once

#include <optional>
#include <string>

#include "core/registry.h"
#include "session/opened_run.h"

namespace latent::onnx {

/// How the parts take images, and what the detector needs.
struct PartOptions {
  bool bytes = false;    // images as uint8 from 0 to 255; else float from 0 to 1
  double threshold = 0;  // of the detector: a squared error above it is flagged
};

struct PartRow {
  std::string name;  // of --part, and of the file
  std::string summary;
  /// Returns why a run has no such part, or "".
  std::string (*unavailable)(const OpenedRun&);
  /// Whether it needs PartOptions::threshold.
  bool flags;
  /// Returns the file.
  std::string (*file)(const OpenedRun&, const PartOptions&);
};

const Registry<PartRow>& parts();

}  // namespace latent::onnx
