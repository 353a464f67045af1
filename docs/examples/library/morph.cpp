// Decodes the way from one random latent vector to another, and encodes the pictures again.
//
// usage: morph RUN
#include <ATen/ATen.h>
#include <latent/run.h>

#include <iostream>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: morph RUN\n";
    return 2;
  }
  try {
    const latent::Run run(argv[1]);
    const at::Tensor ends = run.sample(2, "prior", 1.0, /*seed=*/7);
    const at::Tensor share = at::linspace(0, 1, 9).unsqueeze(1);
    const at::Tensor path = at::lerp(ends.slice(0, 0, 1), ends.slice(0, 1, 2), share);
    const at::Tensor pictures = run.decode(path);
    std::cout << pictures.sizes() << " pictures between " << pictures.min().item<float>() << " and "
              << pictures.max().item<float>() << "\n";
    if (run.input_shape() == run.output_shape())
      std::cout << "their codes: " << run.encode(pictures).sizes() << "\n";
  } catch (const std::exception& error) {
    std::cerr << "morph: " << error.what() << "\n";
    return 1;
  }
}
