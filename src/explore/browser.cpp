#include "explore/browser.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace latent::explore {
namespace {

bool has_display() {
  for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return true;
  }
  return false;
}

}  // namespace

bool open_in_browser(const std::string& address) {
  if (!has_display()) return false;
  // A session of its own: Ctrl-C for the server does not reach a browser that it started. The
  // shell in between leaves no child behind to wait for.
  std::string text = address;
  char shell[] = "/bin/sh", option[] = "-c", name[] = "sh";
  char script[] =
      "command -v xdg-open >/dev/null || exit 1; xdg-open \"$1\" </dev/null >/dev/null 2>&1 &";
  char* const words[] = {shell, option, script, name, text.data(), nullptr};
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  pid_t child = 0;
  const int failed = ::posix_spawn(&child, shell, nullptr, &attributes, words, environ);
  posix_spawnattr_destroy(&attributes);
  int status = 1;
  return failed == 0 && ::waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace latent::explore
