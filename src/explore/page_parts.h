// The files of explore/page as texts; cmake/write_page.cmake writes what defines these.
#pragma once

#include <string>

namespace latent::explore {

std::string page_markup();  // page.html
std::string page_style();   // page.css
std::string page_script();  // the scripts, one after the other

}  // namespace latent::explore
