// Empty: liblatent.so is the whole of latent_core, and a library needs a source of its own.
