#include "data/dataset.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "core/error.h"
#include "core/log.h"
#include "core/text/split.h"
#include "format/values.h"

namespace latent {
std::string to_string(Split split) {
  return split == Split::kTrain ? "train" : split == Split::kValidation ? "validation" : "test";
}

Split parse_split(const std::string& name) {
  for (const Split split : {Split::kTrain, Split::kValidation, Split::kTest}) {
    if (to_string(split) == name) return split;
  }
  if (name == "val" || name == "valid") return Split::kValidation;
  throw Error("expected train, validation or test");
}

Tensor Attribute::known() const { return values.isnan().logical_not(); }

int64_t Attribute::unknown() const { return values.isnan().sum().item<int64_t>(); }

AttributeKind Attribute::kind() const {
  if (!classes.empty()) return AttributeKind::kClass;
  const Tensor there = values.masked_select(known());
  const bool yes_no = there.numel() > 0 && there.eq(0).logical_or(there.eq(1)).all().item<bool>();
  return yes_no ? AttributeKind::kYesNo : AttributeKind::kNumber;
}

std::vector<std::string> Attribute::words() const {
  return kind() == AttributeKind::kYesNo ? std::vector<std::string>{"no", "yes"} : classes;
}

const Attribute* find_attribute(const std::vector<Attribute>& attributes, const std::string& name) {
  const auto found = std::find_if(attributes.begin(), attributes.end(),
                                  [&](const Attribute& each) { return each.name == name; });
  return found == attributes.end() ? nullptr : &*found;
}

Tensor to_images(const Tensor& pixels) {
  const Tensor images = pixels.permute({0, 3, 1, 2});  // the strides of channels_last
  if (pixels.scalar_type() == at::kFloat) return images.contiguous(at::MemoryFormat::ChannelsLast);
  // Division, not a product with 1/255: white must be exactly 1.
  return images.to(at::kFloat).div_(255.0);
}

Tensor Examples::images(const Tensor& indices) const {
  return to_images(pixels.index_select(0, indices));
}

Tensor Examples::images(int64_t first, int64_t count) const {
  return to_images(pixels.narrow(0, first, count));
}

std::string Examples::name(int64_t index) const {
  return names.empty() ? fmt::format("{:05}", index) : names.at(static_cast<size_t>(index));
}

const Attribute* Examples::find(const std::string& attribute) const {
  if (const Attribute* exact = find_attribute(attributes, attribute)) return exact;
  const Attribute* found = nullptr;
  for (const auto& each : attributes) {
    if (lower_case(each.name) != lower_case(attribute)) continue;
    if (found != nullptr) return nullptr;  // two that differ only in case
    found = &each;
  }
  return found;
}

Examples Examples::select(const Tensor& indices) const {
  const Tensor on_host = indices.to(at::kCPU, at::kLong).contiguous();
  Examples chosen;
  chosen.pixels = pixels.index_select(0, indices.to(pixels.device()));
  for (const auto& each : attributes) {
    chosen.attributes.push_back(
        {each.name, each.values.index_select(0, on_host.to(each.values.device())), each.classes});
  }
  // An unnamed image keeps the index it had in its split as its name.
  const int64_t* row = on_host.const_data_ptr<int64_t>();
  for (int64_t i = 0; i < on_host.numel(); ++i)
    chosen.names.push_back(name(row[i]));
  return chosen;
}

void log_reading(const Dataset& dataset) {
  if (const std::string notice = dataset.notice(); !notice.empty()) log::info("{}", notice);
  if (const std::string text = left_out_text(dataset.left_out()); !text.empty())
    log::info("{}", text);
  for (const auto& warning : dataset.warnings())
    log::warn("{}", warning);
}

}  // namespace latent
