// The message for crashes that have none of their own.
#pragma once

namespace latent {

/// Prints one line when an invalid memory access ends the process: LibTorch and oneDNN cause it
/// when an allocation fails and they do not check. Exit status and core dump stay as they are. Does
/// nothing in builds with a sanitizer, which reports more.
void install_crash_handler();

}  // namespace latent
