#include "explore/page.h"

#include "core/sha256.h"
#include "core/text/base64.h"
#include "explore/page_parts.h"

namespace latent::explore {
namespace {

int digit(char hex) { return hex <= '9' ? hex - '0' : hex - 'a' + 10; }

// Source: Content Security Policy Level 3, section 2.3.1, hash-source.
std::string source_hash(const std::string& text) {
  Sha256 sum;
  sum.add(text);
  const std::string hex = sum.hex();
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2)
    bytes += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  return "'sha256-" + base64(bytes) + "'";
}

// A script ends at its first "</", wherever that stands.
std::string inside_script(const std::string& json) {
  std::string safe;
  for (const char letter : json) {
    if (letter == '<') {
      safe += "\\u003c";
    } else {
      safe += letter;
    }
  }
  return safe;
}

void replace(std::string& text, const std::string& mark, const std::string& by) {
  const size_t at = text.find(mark);
  if (at != std::string::npos) text.replace(at, mark.size(), by);
}

Page page_with(const std::string& data) {
  const std::string script = page_script(), style = page_style();
  Page page{.html = page_markup(), .policy = {}};
  page.policy = "default-src 'none'; script-src " + source_hash(script) + "; style-src " +
                source_hash(style) +
                "; img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action "
                "'none'; frame-ancestors 'none'";
  std::string element = "<script type=\"application/json\" id=\"data\">";
  element += inside_script(data);
  element += "</script>\n<script>";
  element += script;
  element += "</script>";
  std::string policy = page.policy.substr(0, page.policy.rfind(';'));  // frame-ancestors: no meta
  if (!data.empty()) replace(policy, "connect-src 'self'", "connect-src 'none'");
  replace(page.html, "<!-- policy -->",
          "<meta http-equiv=\"Content-Security-Policy\" content=\"" + policy + "\">");
  std::string styled = "<style>";
  styled += style;
  styled += "</style>";
  replace(page.html, "<!-- style -->", styled);
  replace(page.html, "<!-- script -->", element);
  return page;
}

}  // namespace

Page live_page() { return page_with(""); }
Page static_page(const std::string& data) { return page_with(data); }

}  // namespace latent::explore
