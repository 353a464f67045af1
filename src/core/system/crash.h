// What ends the process without a message of its own.
#pragma once

namespace latent {

/// An invalid memory access says so in one line before it ends the process: LibTorch and oneDNN
/// meet it where they get no memory and do not look. Exit status and core dump stay as they are.
/// Does nothing in builds with a sanitizer, which says more.
void install_crash_handler();

}  // namespace latent
