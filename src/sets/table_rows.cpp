#include "sets/table_rows.h"

#include <ATen/ATen.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "core/error.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

Json numbers_of(const Tensor& values) {
  const Tensor doubles = values.to(at::kDouble).contiguous();
  const double* first = doubles.const_data_ptr<double>();
  return std::vector<double>(first, first + doubles.numel());
}

}  // namespace

TableRows::TableRows(std::vector<std::string> columns, TableScale scale, Tensor means)
    : columns_(std::move(columns)), scale_(std::move(scale)), means_(std::move(means)) {}

TableRows TableRows::parse(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    const auto columns = json.at("columns").get<std::vector<std::string>>();
    const auto numbers = [&](const char* key) {
      const auto values = json.at(key).get<std::vector<double>>();
      if (values.size() != columns.size()) throw Error("");
      return at::tensor(values, at::kDouble);
    };
    TableScale scale(numbers("mean"), numbers("deviation"));
    return {columns, std::move(scale), json.contains("missing") ? numbers("missing") : Tensor()};
  } catch (const std::exception&) {
    throw Error(
        "the columns and the scale of a table: damaged; expected a list of names and as "
        "many means and deviations");
  }
}

std::string TableRows::text() const {
  Json json{{"columns", columns_},
            {"mean", numbers_of(scale_.mean())},
            {"deviation", numbers_of(scale_.deviation())}};
  if (means_.defined()) json["missing"] = numbers_of(means_);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Tensor TableRows::pixels(const Tensor& values) const {
  const Tensor filled =
      means_.defined() ? at::where(values.isnan(), means_.expand_as(values), values) : values;
  return scale_.apply(filled).view({values.size(0), 1, values.size(1), 1});
}

Examples TableRows::read(const std::filesystem::path& path, TableFormat format) const {
  format.columns = columns_;
  format.label.clear();
  const Table table = read_table(path, format);
  if (!table.first_missing.empty() && !means_.defined()) {
    throw Error(table.first_missing +
                ": no value; expected a number (a run with data.missing: mean fills it)");
  }
  Examples examples;
  examples.pixels = pixels(table.values);
  return examples;
}

}  // namespace latent
