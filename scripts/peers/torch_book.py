#!/usr/bin/env python3
"""Reference: the book's VAEs in PyTorch, for speed only. Prints training images per second.

Usage: torch_book.py MODE [--model fashion|faces] [--batch N] [--steps 160] [--device cpu|cuda] [--data DIR]
MODE joins any of: loader (a Dataset and a DataLoader, as most users write it; else uint8 tensors on the device, indexed
directly), fused (fused Adam), cl (channels_last), bf16 (autocast), compile (torch.compile), graph (the whole step, from
the indices of its images on, as one CUDA graph). Example: fused-cl-bf16-compile. On a GPU with TF32 and cuDNN's search
for the fastest convolutions. The faces' images are noise: only their number of bytes matters here.
"""
import argparse, gzip, os, time
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
args.add_argument("mode")
args.add_argument("--model", choices=["fashion", "faces"], default="fashion")
args.add_argument("--batch", type=int, help="100, faces 128")
args.add_argument("--steps", type=int, default=160)
args.add_argument("--device", default="cpu")
args.add_argument("--data", default=os.path.join(os.environ.get("LATENT_DATA", "data"), "fashion-mnist"))
args = args.parse_args()
mode, faces, device = args.mode.split("-"), args.model == "faces", args.device
B = args.batch or (128 if faces else 100)
torch.manual_seed(0)
torch.backends.cudnn.benchmark = True
torch.set_float32_matmul_precision("high" if device == "cuda" else "highest")
conv = lambda i, o: nn.Conv2d(i, o, 3, 2, 1)
up = lambda i, o: nn.ConvTranspose2d(i, o, 3, 2, 1, 1)


class Vae(nn.Module):
    def __init__(self, z=2):
        super().__init__()
        self.encoder = nn.Sequential(conv(1, 32), nn.ReLU(), conv(32, 64), nn.ReLU(), conv(64, 128), nn.ReLU(), nn.Flatten())
        self.mean, self.logvar = nn.Linear(2048, z), nn.Linear(2048, z)
        self.decoder = nn.Sequential(nn.Linear(z, 2048), nn.Unflatten(1, (128, 4, 4)), up(128, 128), nn.ReLU(), up(128, 64), nn.ReLU(),
                                     up(64, 32), nn.ReLU(), nn.Conv2d(32, 1, 3, 1, 1))

    def forward(self, x):
        h = self.encoder(x)
        mean, logvar = self.mean(h), self.logvar(h)
        z = mean + (0.5 * logvar).exp() * torch.randn_like(mean)
        return self.decoder(z), mean, logvar


class Faces(Vae):
    def __init__(self, z=200):
        nn.Module.__init__(self)
        block = lambda layer, norm: [layer, norm, nn.LeakyReLU(0.3)]
        two = lambda layer: block(layer, nn.BatchNorm2d(128, eps=1e-3, momentum=0.01))
        self.encoder = nn.Sequential(*two(conv(3, 128)), *[m for _ in range(3) for m in two(conv(128, 128))], nn.Flatten())
        self.mean, self.logvar = nn.Linear(512, z), nn.Linear(512, z)
        self.decoder = nn.Sequential(*block(nn.Linear(z, 512), nn.BatchNorm1d(512, eps=1e-3, momentum=0.01)), nn.Unflatten(1, (128, 2, 2)),
                                     *[m for _ in range(4) for m in two(up(128, 128))], nn.Conv2d(128, 3, 3, 1, 1))


if faces:
    data = torch.randint(0, 256, (15000, 3, 32, 32), dtype=torch.uint8)
else:
    raw = gzip.open(os.path.join(args.data, "train-images-idx3-ubyte.gz")).read()
    data = torch.from_numpy(np.frombuffer(raw, np.uint8, offset=16).reshape(-1, 1, 28, 28).copy())
pad = (0, 0, 0, 0) if faces else (2, 2, 2, 2)
model = (Faces() if faces else Vae()).to(device)
if "cl" in mode:
    model = model.to(memory_format=torch.channels_last)
optimizer = torch.optim.Adam(model.parameters(), lr=5e-4, fused="fused" in mode, capturable="graph" in mode)
if "compile" in mode:
    model = torch.compile(model)


def step(x):
    with torch.autocast(device, dtype=torch.bfloat16, enabled="bf16" in mode):
        logits, mean, logvar = model(x)
    logits, mean, logvar = logits.float(), mean.float(), logvar.float()
    if faces:
        reconstruction = 2000 * F.mse_loss(logits.sigmoid(), x)
    else:
        reconstruction = 500 * F.binary_cross_entropy_with_logits(logits, x)
    kl = -0.5 * (1 + logvar - mean.square() - logvar.exp()).sum(1).mean()
    optimizer.zero_grad()
    (reconstruction + kl).backward()
    optimizer.step()
    return reconstruction, kl


if "loader" in mode:
    class Images(torch.utils.data.Dataset):
        def __len__(self):
            return len(data)

        def __getitem__(self, i):
            return F.pad(data[i].float() / 255, pad)

    loader = torch.utils.data.DataLoader(Images(), B, shuffle=True)
    stream = (x.to(device) for _ in range(1000) for x in loader)
    batch = lambda i: next(stream)
else:
    padded, order = F.pad(data, pad).to(device), torch.randperm(len(data), device=device)
    if "cl" in mode:
        padded = padded.contiguous(memory_format=torch.channels_last)
    per_epoch = len(data) // B
    rows = lambda i: order[(i % per_epoch) * B:(i % per_epoch + 1) * B]
    images = lambda indices: padded[indices].float().div_(255)
    batch = lambda i: images(rows(i))

run = lambda i: step(batch(i))
if "graph" in mode:
    indices, side = rows(0).clone(), torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            step(images(indices))
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    optimizer.zero_grad()
    with torch.cuda.graph(graph):
        losses = step(images(indices))

    def run(i):
        indices.copy_(rows(i))
        graph.replay()
        return losses

warm_up = 20
for i in range(args.steps + warm_up):
    if i == warm_up:
        if device == "cuda":
            torch.cuda.synchronize()
        start = time.time()
    reconstruction, kl = run(i)
result = f"reconstruction {reconstruction.item():.2f} kl {kl.item():.3f}"
print(f"{args.model} {args.mode} batch {B} images/s {args.steps * B / (time.time() - start):.0f} {result}")
