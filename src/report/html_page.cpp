#include "report/html_page.h"

#include <spdlog/fmt/fmt.h>

#include <utility>

#include "core/error.h"
#include "core/sha256.h"
#include "core/system/file.h"
#include "core/text/base64.h"
#include "core/text/html.h"
#include "core/text/shell.h"

namespace latent {
namespace {

constexpr size_t kReserve = 200'000;  // bytes for texts that come after the pictures

// Pictures stay on white in the dark too: charts are drawn for it.
constexpr const char* kStyle = R"css(
:root { color-scheme: light dark; --ink: #1d1f23; --paper: #ffffff; --faint: #5d636e; --line: #d9dde3;
  --box: #f5f6f8; --good: #1a7f37; --warning: #8a5a00; --problem: #b3261e; --link: #0b57d0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e6ea; --paper: #16181c; --faint: #a0a7b4;
  --line: #353a43; --box: #20242a; --good: #5cc27a; --warning: #e0b054; --problem: #ff8a80;
  --link: #8ab4f8; } }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem 1rem 4rem; background: var(--paper);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.7rem; margin: 0 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .6rem; padding-top: .8rem; border-top: 1px solid var(--line); }
nav { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; margin: 1.2rem 0; font-size: .9rem; }
a { color: var(--link); text-underline-offset: .2em; }
p { max-width: 46rem; margin: .5rem 0; overflow-wrap: anywhere; }
img { display: block; max-width: 100%; margin: .8rem 0; background: #ffffff; border-radius: 4px; }
table { border-collapse: collapse; margin: .8rem 0; display: block; overflow-x: auto;
  font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; }
th { color: var(--faint); font-weight: 600; }
pre { background: var(--box); padding: .6rem .8rem; border-radius: 4px; overflow-x: auto;
  font: 13px/1.45 ui-monospace, monospace; margin: .5rem 0; white-space: pre-wrap;
  overflow-wrap: anywhere; }
.note { border-left: 4px solid var(--faint); padding: .1rem 0 .1rem .8rem; }
.good { border-color: var(--good); } .warning { border-color: var(--warning); }
.problem { border-color: var(--problem); }
.command { color: var(--faint); font-size: .85rem; }
summary { cursor: pointer; color: var(--faint); }
)css";

std::string bytes_of_hex(const std::string& hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return bytes;
}

// What the browser may use: pictures in the file, and this style, named by its digest.
std::string policy() {
  Sha256 digest;
  digest.add(kStyle);
  return "default-src 'none'; img-src data:; style-src 'sha256-" +
         base64(bytes_of_hex(digest.hex())) + "'; base-uri 'none'; form-action 'none'";
}

std::string element(const std::string& tag, const std::string& text) {
  return "<" + tag + ">" + html_text(text) + "</" + tag + ">";
}

}  // namespace

HtmlPage::HtmlPage(std::string title) : title_(std::move(title)) {}

void HtmlPage::section(const std::string& title) {
  if (sections_.empty()) std::swap(head_, body_);
  sections_.push_back(title);
  body_ += fmt::format("<h2 id=\"part{}\">{}</h2>\n", sections_.size(), html_text(title));
}

void HtmlPage::paragraph(const std::string& text) { body_ += element("p", text) + "\n"; }

void HtmlPage::note(const std::string& kind, const std::string& text) {
  body_ += "<p class=\"note " + html_text(kind) + "\">" + html_text(text) + "</p>\n";
}

void HtmlPage::folded_text(const std::string& title, const std::string& text) {
  body_ += "<details>" + element("summary", title) + element("pre", text) + "</details>\n";
}

void HtmlPage::table(const std::vector<std::string>& header,
                     const std::vector<std::vector<std::string>>& rows) {
  const auto row = [](const std::vector<std::string>& cells, const std::string& tag) {
    std::string text = "<tr>";
    for (const auto& cell : cells)
      text += element(tag, cell);
    return text + "</tr>\n";
  };
  body_ += "<table>\n";
  if (!header.empty()) body_ += row(header, "th");
  for (const auto& cells : rows)
    body_ += row(cells, "td");
  body_ += "</table>\n";
}

bool HtmlPage::picture(const std::filesystem::path& file, const std::string& alt) {
  std::string bytes;
  try {
    bytes = read_file(file, kLargestPage);
  } catch (const Error&) {
    return false;
  }
  const std::string data = base64(bytes);
  if (bytes.empty() || head_.size() + body_.size() + data.size() + kReserve > kLargestPage)
    return false;
  body_ += "<img alt=\"" + html_text(alt) + "\" src=\"data:image/png;base64," + data + "\">\n";
  return true;
}

void HtmlPage::command(const std::vector<std::string>& words) {
  body_ += "<pre class=\"command\">" + html_text(shell_command(words)) + "</pre>\n";
}

std::string HtmlPage::contents() const {
  if (sections_.empty()) return "";
  std::string links;
  for (size_t i = 0; i < sections_.size(); ++i)
    links += fmt::format("<a href=\"#part{}\">{}</a>\n", i + 1, html_text(sections_[i]));
  return "<nav>\n" + links + "</nav>\n";
}

std::string HtmlPage::text() const {
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"" +
         policy() +
         "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" +
         element("title", title_) + "\n<style>" + kStyle + "</style>\n</head>\n<body>\n" +
         element("h1", title_) + "\n" + head_ + contents() + body_ + "</body>\n</html>\n";
}

}  // namespace latent
