// The report of `latent data check`, as text and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "analysis/inspection.h"
#include "folder/image_survey.h"

namespace latent {

/// What `latent data check` reports.
struct Report {
  std::string name;                       // of the config, file or folder
  const std::vector<NamedSplit>* splits;  // for the images' names
  Inspection inspection;
  ImageSurvey survey;  // empty unless the set consists of image files
  std::vector<LeftOut> left_out;
  std::vector<std::pair<Split, int64_t>> kept;  // images of each split that data.keep leaves
  std::vector<std::string> warnings;            // of readings that are probably wrong
  std::vector<std::string> unreadable;          // one message for each image left out
  std::vector<std::string> written;             // paths of the files written
};

/// Returns the report as lines of text; long lists are cut.
std::string report_text(const Report& report);
/// Returns the whole report as JSON.
nlohmann::ordered_json report_json(const Report& report);

}  // namespace latent
