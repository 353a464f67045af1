#!/usr/bin/env python3
"""Reference: the same Fashion-MNIST VAE in PyTorch, for speed only. Prints training images per second.

Usage: torch_book.py MODE [--batch 100] [--steps 160] [--device cpu|cuda] [--data DIR]
MODE joins any of: loader (a Dataset and a DataLoader, as most users write it; else uint8 tensors indexed directly),
fused (fused Adam), cl (channels_last), bf16 (autocast), compile (torch.compile). Example: fused-cl-bf16-compile.
"""
import argparse, gzip, os, time
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
args.add_argument("mode")
args.add_argument("--batch", type=int, default=100)
args.add_argument("--steps", type=int, default=160)
args.add_argument("--device", default="cpu")
args.add_argument("--data", default=os.path.join(os.environ.get("LATENT_DATA", "data"), "fashion-mnist"))
args = args.parse_args()
mode, B, device = args.mode.split("-"), args.batch, args.device
torch.manual_seed(0)


class Vae(nn.Module):
    def __init__(self, z=2):
        super().__init__()
        conv = lambda i, o: nn.Conv2d(i, o, 3, 2, 1)
        up = lambda i, o: nn.ConvTranspose2d(i, o, 3, 2, 1, 1)
        self.encoder = nn.Sequential(conv(1, 32), nn.ReLU(), conv(32, 64), nn.ReLU(), conv(64, 128), nn.ReLU(), nn.Flatten())
        self.mean, self.logvar, self.dense = nn.Linear(2048, z), nn.Linear(2048, z), nn.Linear(z, 2048)
        self.decoder = nn.Sequential(up(128, 128), nn.ReLU(), up(128, 64), nn.ReLU(), up(64, 32), nn.ReLU(), nn.Conv2d(32, 1, 3, 1, 1))

    def forward(self, x):
        h = self.encoder(x)
        mean, logvar = self.mean(h), self.logvar(h)
        z = mean + (0.5 * logvar).exp() * torch.randn_like(mean)
        return self.decoder(self.dense(z).view(-1, 128, 4, 4)), mean, logvar


raw = gzip.open(os.path.join(args.data, "train-images-idx3-ubyte.gz")).read()
data = torch.from_numpy(np.frombuffer(raw, np.uint8, offset=16).reshape(-1, 1, 28, 28).copy())
model = Vae().to(device)
if "cl" in mode:
    model = model.to(memory_format=torch.channels_last)
optimizer = torch.optim.Adam(model.parameters(), lr=5e-4, fused="fused" in mode)
if "compile" in mode:
    model = torch.compile(model)


def step(x):
    with torch.autocast(device, dtype=torch.bfloat16, enabled="bf16" in mode):
        logits, mean, logvar = model(x)
    logits, mean, logvar = logits.float(), mean.float(), logvar.float()
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    kl = -0.5 * (1 + logvar - mean.square() - logvar.exp()).sum(1).mean()
    optimizer.zero_grad()
    (reconstruction * 500 / 1024 + kl).backward()
    optimizer.step()
    return reconstruction, kl


if "loader" in mode:
    class Images(torch.utils.data.Dataset):
        def __len__(self):
            return len(data)

        def __getitem__(self, i):
            return F.pad(data[i].float() / 255, (2, 2, 2, 2))

    loader = torch.utils.data.DataLoader(Images(), B, shuffle=True)
    stream = (x.to(device) for _ in range(1000) for x in loader)
    batch = lambda i: next(stream)
else:
    padded, order = F.pad(data, (2, 2, 2, 2)).to(device), torch.randperm(len(data), device=device)
    per_epoch = len(data) // B
    batch = lambda i: padded[order[(i % per_epoch) * B:(i % per_epoch + 1) * B]].float().div_(255)

warm_up = 20
for i in range(args.steps + warm_up):
    if i == warm_up:
        if device == "cuda":
            torch.cuda.synchronize()
        start = time.time()
    reconstruction, kl = step(batch(i))
result = f"reconstruction {reconstruction.item():.2f} kl {kl.item():.3f}"
print(f"{args.mode} batch {B} images/s {args.steps * B / (time.time() - start):.0f} {result}")
