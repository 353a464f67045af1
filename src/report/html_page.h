// A report as one HTML file that needs no other file.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace latent {

/// A page with a policy that lets a browser load nothing: its pictures and its style are in the
/// file, and it has no scripts. All texts are shown as they are, whatever they hold.
class HtmlPage {
 public:
  explicit HtmlPage(std::string title);

  /// Begins a part of the page, which the contents at the top link to.
  void section(const std::string& title);
  void paragraph(const std::string& text);
  /// Adds a text that stands out, such as a finding. kind: "good", "warning" or "problem".
  void note(const std::string& kind, const std::string& text);
  /// Adds lines as they are, hidden until the reader opens them.
  void folded_text(const std::string& title, const std::string& text);
  void table(const std::vector<std::string>& header,
             const std::vector<std::vector<std::string>>& rows);
  /// Adds a picture. Returns false, and adds nothing, if it cannot be read or the page would be
  /// larger than kLargestPage. alt: what it shows.
  bool picture(const std::filesystem::path& file, const std::string& alt);
  /// Adds the command that makes the part above again.
  void command(const std::vector<std::string>& words);

  /// Returns the whole file.
  std::string text() const;

 private:
  std::string contents() const;

  std::string title_, head_, body_;  // head_: what comes before the first section
  std::vector<std::string> sections_;
};

/// Bytes of the largest page: it can be sent by mail.
constexpr size_t kLargestPage = 5'000'000;

}  // namespace latent
