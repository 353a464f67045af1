"""Makes the stored tensors that golden_test.cpp compares with: PyTorch's numbers for two small models.

Usage: python3 make_golden.py [FOLDER]   (needs torch, numpy and safetensors)

Weights are named as the checkpoints of latent name them. Everything is computed in float64 from float32 inputs and
stored as float32, so that the files do not depend on the machine.
"""
import pathlib
import sys

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F


class Encoder(nn.Module):
    def __init__(self, channels, widths, norm):
        super().__init__()
        self.norm = norm
        for i, (a, b) in enumerate(zip([channels] + widths, widths), 1):
            self.add_module(f"conv{i}", nn.Conv2d(a, b, 3, 2, 1))
            if norm:
                self.add_module(f"norm{i}", nn.BatchNorm2d(b, eps=1e-3, momentum=0.01))
        self.layers = len(widths)

    def forward(self, x):
        for i in range(1, self.layers + 1):
            x = self.get_submodule(f"conv{i}")(x)
            x = F.leaky_relu(self.get_submodule(f"norm{i}")(x), 0.3) if self.norm else F.relu(x)
        return x.flatten(1)


class Decoder(nn.Module):
    def __init__(self, latents, channels, widths, side, norm):
        super().__init__()
        self.norm, self.first, self.side = norm, widths[0], side
        self.projection = nn.Linear(latents, widths[0] * side * side)
        if norm:
            self.norm_projection = nn.BatchNorm1d(widths[0] * side * side, eps=1e-3, momentum=0.01)
        for i, (a, b) in enumerate(zip([widths[0]] + widths, widths), 1):
            self.add_module(f"upconv{i}", nn.ConvTranspose2d(a, b, 3, 2, 1, output_padding=1))
            if norm:
                self.add_module(f"norm{i}", nn.BatchNorm2d(b, eps=1e-3, momentum=0.01))
        self.layers = len(widths)
        self.output = nn.Conv2d(widths[-1], channels, 3, 1, 1)

    def forward(self, z):
        x = self.projection(z)
        if self.norm:
            x = F.leaky_relu(self.norm_projection(x), 0.3)
        x = x.view(-1, self.first, self.side, self.side)
        for i in range(1, self.layers + 1):
            x = self.get_submodule(f"upconv{i}")(x)
            x = F.leaky_relu(self.get_submodule(f"norm{i}")(x), 0.3) if self.norm else F.relu(x)
        return self.output(x)


class Vae(nn.Module):
    def __init__(self, channels, side, widths, latents, norm):
        super().__init__()
        small = side // 2 ** len(widths)
        self.encoder = Encoder(channels, widths, norm)
        self.bottleneck = nn.ModuleDict({
            "mean": nn.Linear(widths[-1] * small * small, latents),
            "logvar": nn.Linear(widths[-1] * small * small, latents)})
        self.decoder = Decoder(latents, channels, widths[::-1], small, norm)


def kl_divergence(mean, logvar):
    normal = torch.distributions.Normal(mean, torch.exp(0.5 * logvar))
    prior = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    return torch.distributions.kl_divergence(normal, prior).sum(1).mean()


def bernoulli(images, decoded):
    return F.binary_cross_entropy_with_logits(decoded, images, reduction="none").flatten(1).sum(1).mean()


def gaussian(images, decoded):
    normal = torch.distributions.Normal(decoded, torch.ones_like(decoded))
    constant = torch.distributions.Normal(0.0, 1.0).log_prob(torch.zeros(())).double()
    return (constant - normal.log_prob(images)).flatten(1).sum(1).mean()


def make(path, model, channels, side, latents, likelihood, beta, batch=3):
    images = torch.rand(batch, channels, side, side)
    noise = torch.randn(batch, latents)
    out = {"images": images, "noise": noise}
    for name, tensor in model.named_parameters():
        out["weight." + name] = tensor.detach().clone()
    model = model.double().train()
    images, noise = images.double(), noise.double()

    features = model.encoder(images)
    mean, logvar = model.bottleneck["mean"](features), model.bottleneck["logvar"](features)
    z = mean + torch.exp(0.5 * logvar) * noise
    decoded = model.decoder(z)
    nll, kl = likelihood(images, decoded), kl_divergence(mean, logvar)
    total = nll + beta * kl
    total.backward()

    out |= {"mean": mean, "logvar": logvar, "z": z, "decoded": decoded, "nll": nll, "kl": kl, "total": total}
    for name, parameter in model.named_parameters():
        out["gradient." + name] = parameter.grad
    for name, buffer in model.named_buffers():
        if buffer.is_floating_point():
            out["statistic." + name] = buffer
    save_file({name: t.detach().float().contiguous().clone() for name, t in out.items()}, path)
    print(f"{path}: {path.stat().st_size} bytes")


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent
    torch.manual_seed(2)
    make(folder / "clothes.safetensors", Vae(1, 12, [4, 8], 2, False), 1, 12, 2, bernoulli, 2.048)
    torch.manual_seed(3)
    make(folder / "faces.safetensors", Vae(3, 8, [4, 4], 5, True), 3, 8, 5, gaussian, 0.768)


if __name__ == "__main__":
    main()
