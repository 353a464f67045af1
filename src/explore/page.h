// The page as one HTML file, put together from the files of explore/page when the program is built.
#pragma once

#include <string>

namespace latent::explore {

struct Page {
  std::string html;
  std::string policy;  // Content-Security-Policy: the page's own script and style, nothing else
};

/// Returns the page that asks a server for all it shows.
Page live_page();

/// Returns the page with everything in it. data: JSON that the script finds (page/api.js says what
/// it holds); shown nowhere as markup.
Page static_page(const std::string& data);

}  // namespace latent::explore
