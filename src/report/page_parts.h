// Parts of a page that other commands of this program draw.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "report/html_page.h"

namespace latent {

/// What all commands of a page share.
struct PartMaker {
  std::filesystem::path folder;    // for the pictures
  std::vector<std::string> flags;  // such as --device cpu, which the page does not show
};

/// A picture that a command draws.
struct PicturePart {
  std::string title;
  std::string meaning;             // what the reader sees
  std::vector<std::string> words;  // "sample", "--run", "DIR"; without --out
  std::string file;                // "sample-gmm.png"
};

/// Runs the command and adds its picture, or the reason why there is none, and the command.
void add_picture(HtmlPage& page, const PartMaker& maker, const PicturePart& part);

/// What a command printed.
struct CommandOutput {
  int code = 0;
  std::string text;   // stdout
  std::string error;  // the last line that begins with "error: ", without that
};

/// Runs a command of this program to its end. Throws Interrupted if a signal asks to stop.
CommandOutput run_command(const PartMaker& maker, std::vector<std::string> words);

}  // namespace latent
