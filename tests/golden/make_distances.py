"""Makes distances.safetensors, which golden_distances_test.cpp compares with: what other programs' own functions say of
the same features and images.

Usage: python3 make_distances.py [FOLDER]   (needs torch, numpy, safetensors, torch-fidelity 0.4.0, prdc 0.2 and
pytorch-msssim 1.0.0)

The Frechet and kernel distances, precision and recall are torch-fidelity's, density and coverage those of prdc, and the
multi-scale similarity is pytorch-msssim's.
"""
import pathlib
import sys

import numpy as np
import torch
from prdc import compute_prdc
from pytorch_msssim import ms_ssim
from safetensors.torch import save_file
from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric
from torch_fidelity.metric_kid import kernel_mmd
from torch_fidelity.metric_prc import prc_features_to_metric

WEIGHTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]


def features(count, width, generator):
    """Two sets of features that overlap: the second is moved, stretched, and lies in fewer clusters."""
    real = generator.normal(size=(count, width)) + 2 * generator.integers(0, 3, size=(count, 1))
    made = 1.3 * generator.normal(size=(count, width)) + 2 * generator.integers(0, 2, size=(count, 1)) + 0.2
    made[:, 1] += 0.5 * made[:, 0]
    return real.astype(np.float32), made.astype(np.float32)


def image(height, width, phase):
    """A picture by formula, which the test draws too: [1, 1, H, W] float64."""
    row, column = torch.arange(height).double().view(-1, 1), torch.arange(width).double().view(1, -1)
    wave = torch.sin(0.11 * row + phase) * torch.cos(0.07 * column - 0.5 * phase) + torch.sin(0.9 * row * column / width + phase)
    return (0.5 + 0.2 * wave).view(1, 1, height, width)


def main(folder):
    real, made = features(160, 6, np.random.default_rng(3))
    statistics = [fid_features_to_statistics(torch.from_numpy(x)) for x in (real, made)]
    fid = fid_statistics_to_metric(*statistics, verbose=False)["frechet_inception_distance"]
    kid = kernel_mmd(made.astype(np.float64), real.astype(np.float64), kid_kernel="poly", kid_kernel_poly_degree=3)
    prc = prc_features_to_metric(torch.from_numpy(made), torch.from_numpy(real), prc_neighborhood=5, verbose=False)
    prdc = compute_prdc(real_features=real, fake_features=made, nearest_k=5)
    out = {"real": torch.from_numpy(real), "generated": torch.from_numpy(made)}
    values = {"frechet": fid, "kid": kid, "precision": prc["precision"], "recall": prc["recall"],
              "prdc.precision": prdc["precision"], "prdc.recall": prdc["recall"], "density": prdc["density"],
              "coverage": prdc["coverage"]}
    a, b = image(176, 192, 0.0), image(176, 192, 0.3)
    for scales in (1, 2, 5):
        weights = [w / sum(WEIGHTS[:scales]) for w in WEIGHTS[:scales]]
        values[f"ms_ssim.{scales}"] = ms_ssim(a, b, data_range=1.0, weights=weights).item()
    for name, value in values.items():
        print(name, value)
        out[name] = torch.tensor([value], dtype=torch.float64)
    save_file(out, str(folder / "distances.safetensors"))


main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent))
