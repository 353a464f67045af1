#!/usr/bin/env python3
"""Reference: configs/celeba64_resnet.json in PyTorch, for speed only. Prints training images per second.

Usage: torch_resnet.py [--batch 128] [--steps 12] [--cl]
--cl: channels_last. The faces are noise: only their number of bytes matters here. Fused Adam, no averaged weights, on the CPU; compare
with `latent bench configs/celeba64_resnet.json --set train.ema=0`.
"""
import argparse, math, time
import torch
from torch import nn

args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
args.add_argument("--batch", type=int, default=128)
args.add_argument("--steps", type=int, default=12)
args.add_argument("--cl", action="store_true")
args = args.parse_args()
torch.manual_seed(0)
CHANNELS, LATENTS = (32, 64, 128, 128), 128


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        half = lambda: [nn.GroupNorm(8, channels), nn.SiLU(), nn.Conv2d(channels, channels, 3, 1, 1)]
        self.branch = nn.Sequential(*half(), *half())

    def forward(self, x):
        return x + self.branch(x)


class Vae(nn.Module):
    def __init__(self):
        super().__init__()
        end = lambda channels: [nn.GroupNorm(8, channels), nn.SiLU()]
        down, up, before = [], [], 3
        for channels in CHANNELS:
            down += [nn.Conv2d(before, channels, 3, 2, 1), Block(channels)]
            before = channels
        outwards = CHANNELS[::-1]
        for channels, after in zip(outwards, [*outwards[1:], outwards[-1]]):
            up += [Block(channels), nn.ConvTranspose2d(channels, after, 3, 2, 1, 1)]
        features = CHANNELS[-1] * 16
        self.encoder = nn.Sequential(*down, *end(CHANNELS[-1]), nn.Flatten())
        self.mean, self.logvar = nn.Linear(features, LATENTS), nn.Linear(features, LATENTS)
        self.decoder = nn.Sequential(nn.Linear(LATENTS, features), nn.Unflatten(1, (CHANNELS[-1], 4, 4)), *up, *end(CHANNELS[0]),
                                     nn.Conv2d(CHANNELS[0], 3, 3, 1, 1))

    def forward(self, x):
        h = self.encoder(x)
        mean, logvar = self.mean(h), self.logvar(h)
        z = mean + (0.5 * logvar).exp() * torch.randn_like(mean)
        return self.decoder(z), mean, logvar


model = Vae()
images = torch.randint(0, 256, (2048, 3, 64, 64), dtype=torch.uint8)
if args.cl:
    model, images = model.to(memory_format=torch.channels_last), images.contiguous(memory_format=torch.channels_last)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
for i in range(args.steps + 2):
    if i == 2:
        start = time.time()
    x = images[torch.randint(0, len(images), (args.batch,))].float().div_(255)
    decoded, mean, logvar = model(x)
    squared = (decoded.sigmoid() - x).square()
    values = x[0].numel()
    nll = 0.5 * values * (math.log(2 * math.pi) + 1 + squared.mean().log())  # the variance that fits best
    kl = -0.5 * (1 + logvar - mean.square() - logvar.exp()).sum(1).mean()
    optimizer.zero_grad()
    (nll + kl).backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1000)
    optimizer.step()
parameters = sum(p.numel() for p in model.parameters())
print(f"resnet {parameters} parameters, batch {args.batch}: {args.steps * args.batch / (time.time() - start):.1f} images/s")
