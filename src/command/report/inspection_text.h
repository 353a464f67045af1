// The findings of `latent data check`, for people and for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "analysis/inspection.h"
#include "data/folder/image_survey.h"

namespace latent {

struct Report {
  std::string name;                       // what was checked
  const std::vector<NamedSplit>* splits;  // for the images' names
  Inspection inspection;
  ImageSurvey survey;                   // empty for sets that are no image files
  std::vector<std::string> unreadable;  // images that were left out, and why
  std::vector<std::string> written;     // files
};

std::string report_text(const Report& report);
nlohmann::ordered_json report_json(const Report& report);

}  // namespace latent
