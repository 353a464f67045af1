#!/usr/bin/env python3
"""Training images per second of four presets' models and objectives in eager PyTorch, on random data of their shapes.

usage: torch_objectives.py {dsprites_tcvae,dsprites_factorvae,mnist_iwae,wae_celeba64} [--seconds S]

The same layers, losses, batch sizes and Adam settings as configs/NAME.json; batches are read from memory. Prints
"images/s N". Sources: the papers that the configs name.
"""
import argparse
import math
import time

import torch
from torch import nn
from torch.nn import functional as F


def dense(*sizes, activation):
    layers = [nn.Flatten()]
    for before, after in zip(sizes, sizes[1:]):
        layers += [nn.Linear(before, after), activation()]
    return nn.Sequential(*layers)


class Vae(nn.Module):
    def __init__(self, encoder, features, latents, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        self.mean, self.logvar = nn.Linear(features, latents), nn.Linear(features, latents)

    def forward(self, x, samples=1):
        features = self.encoder(x)
        mean, logvar = self.mean(features), self.logvar(features)
        noise = torch.randn(samples, *mean.shape)
        z = mean + (0.5 * logvar).exp() * noise
        return mean, logvar, z, self.decoder(z.flatten(0, 1))


def dense_vae(pixels, hidden, latents, activation):
    decoder = dense(latents, *hidden[::-1], activation=activation)
    decoder.append(nn.Linear(hidden[0], pixels))
    return Vae(dense(pixels, *hidden, activation=activation), hidden[-1], latents, decoder)


def kl_of(mean, logvar):
    return 0.5 * (mean.square() + logvar.exp() - 1 - logvar).sum(1)


def total_correlation(mean, logvar, z, images):
    """The weighted estimate of the total correlation of the aggregate posterior."""
    each = -0.5 * ((z[:, None] - mean[None]).square() / logvar.exp()[None] + logvar[None] + math.log(2 * math.pi))
    scale = math.log(len(z) * images)
    joint = torch.logsumexp(each.sum(2), 1) - scale
    product = (torch.logsumexp(each, 1) - scale).sum(1)
    return (joint - product).mean()


def tcvae(model, x):
    mean, logvar, z, logits = model(x)
    nll = F.binary_cross_entropy_with_logits(logits, x.flatten(1), reduction="none").sum(1).mean()
    kl = kl_of(mean, logvar).mean()
    return nll + 30 * (kl - 6).abs() + 5 * total_correlation(mean, logvar, z[0], 140000)


def iwae(model, x, samples=5):
    mean, logvar, z, logits = model(x, samples)
    target = x.flatten(1).repeat(samples, 1)
    nll = F.binary_cross_entropy_with_logits(logits, target, reduction="none").sum(1).view(samples, -1)
    noise = (z - mean) / (0.5 * logvar).exp()
    ratio = -0.5 * (z.square() - noise.square() - logvar).sum(2)
    return -(torch.logsumexp(ratio - nll, 0) - math.log(samples)).mean()


def mmd(z):
    """The unbiased estimate with inverse multiquadratics of seven scales."""
    prior = torch.randn_like(z)
    own, drawn, mixed = torch.cdist(z, z).square(), torch.cdist(prior, prior).square(), torch.cdist(z, prior).square()
    n, total = len(z), 0
    for scale in (0.1, 0.2, 0.5, 1, 2, 5, 10):
        c = 2 * z.size(1) * scale
        same = c / (c + own) + c / (c + drawn)
        total = total + (same.sum() - same.diagonal().sum()) / (n * (n - 1)) - 2 * (c / (c + mixed)).mean()
    return total


def wae(model, x):
    _, _, z, decoded = model(x)
    return (decoded.sigmoid() - x).square().flatten(1).sum(1).mean() + 100 * mmd(z[0])


def faces():
    sizes = [3, 32, 64, 128, 256]
    down, up = [], [nn.Linear(64, 256 * 16), nn.Unflatten(1, (256, 4, 4))]
    for before, after in zip(sizes, sizes[1:]):
        down += [nn.Conv2d(before, after, 3, 2, 1), nn.BatchNorm2d(after), nn.LeakyReLU(0.2)]
    for before, after in zip([256, 256, 128, 64], [256, 128, 64, 32]):
        up += [nn.ConvTranspose2d(before, after, 3, 2, 1, 1), nn.BatchNorm2d(after), nn.LeakyReLU(0.2)]
    up.append(nn.Conv2d(32, 3, 3, 1, 1))
    return Vae(nn.Sequential(*down, nn.Flatten()), 256 * 16, 64, nn.Sequential(*up))


class Discriminator:
    """The second player of FactorVAE, with its own optimizer."""

    def __init__(self, latents):
        layers = []
        for before, after in zip([latents] + [1000] * 5, [1000] * 6):
            layers += [nn.Linear(before, after), nn.LeakyReLU(0.2)]
        self.network = nn.Sequential(*layers, nn.Linear(1000, 2))
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=1e-4, betas=(0.5, 0.9))

    def tells(self, z):
        logits = self.network(z)
        return (logits[:, 0] - logits[:, 1]).mean()

    def step(self, z, shuffled):
        real, fake = torch.zeros(len(z), dtype=torch.long), torch.ones(len(shuffled), dtype=torch.long)
        loss = 0.5 * (F.cross_entropy(self.network(z), real) + F.cross_entropy(self.network(shuffled), fake))
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()


def trainer(name):
    """Returns a batch of random data and the step on it."""
    players = {
        "dsprites_tcvae": (lambda: dense_vae(1024, [320, 320], 10, nn.ReLU), tcvae, (128, 1, 32, 32), 1e-3),
        "dsprites_factorvae": (lambda: dense_vae(1024, [320, 320], 10, nn.ReLU), None, (64, 1, 32, 32), 1e-4),
        "mnist_iwae": (lambda: dense_vae(784, [200, 200], 50, nn.Tanh), iwae, (100, 1, 28, 28), 2e-3),
        "wae_celeba64": (faces, wae, (128, 3, 64, 64), 1e-3),
    }
    make, loss_of, shape, rate = players[name]
    model, x = make(), torch.rand(shape).round() if shape[1] == 1 else torch.rand(shape)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    adversary = Discriminator(10) if loss_of is None else None

    def step():
        if adversary is None:
            loss = loss_of(model, x)
        else:
            mean, logvar, z, logits = model(x)
            nll = F.binary_cross_entropy_with_logits(logits, x.flatten(1), reduction="none").sum(1).mean()
            loss = nll + kl_of(mean, logvar).mean() + 35 * adversary.tells(z[0])
        optimizer.zero_grad()
        loss.backward()
        if name == "wae_celeba64":
            nn.utils.clip_grad_norm_(model.parameters(), 1000)
        optimizer.step()
        if adversary is not None:
            with torch.no_grad():
                other = model(x)[2][0]
                shuffled = torch.stack([other[torch.randperm(len(other)), i] for i in range(other.size(1))], 1)
            adversary.step(z[0].detach(), shuffled)

    return len(x), step


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name")
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    batch, step = trainer(options.name)
    for _ in range(5):
        step()
    steps, start = 0, time.perf_counter()
    while time.perf_counter() - start < options.seconds:
        step()
        steps += 1
    print(f"images/s {batch * steps / (time.perf_counter() - start):.0f}")


if __name__ == "__main__":
    main()
