// What several processes must have in common to train one model.
#pragma once

#include <c10/core/Device.h>

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "config/config.h"
#include "core/world.h"
#include "train/checkpoint/data_fingerprint.h"

namespace latent {

/// Throws Error in every process, with one line that names a rank and what it has other than rank
/// 0, unless all give the same facts: an object, compared key by key. remedy: what is expected.
void expect_agreement(const World& world, const nlohmann::ordered_json& facts,
                      const std::string& remedy);

/// Makes sure that all processes run the same version of the program and of LibTorch with the same
/// config. Keys that only say where the data lie may differ. config: read.
void expect_same_program(const World& world, const Config& config);

/// Makes sure that all processes have the same examples and compute on the same kind of device.
void expect_same_work(const World& world, const c10::Device& device, const DataFingerprint& data);

}  // namespace latent
