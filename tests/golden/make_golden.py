"""Makes the stored tensors that golden_test.cpp compares with: PyTorch's numbers for two small models.

Usage: python3 make_golden.py [FOLDER]   (needs torch, numpy and safetensors)

Weights are named as the checkpoints of latent name them. Everything is computed in float64 from float32 inputs and
stored as float32, so that the files do not depend on the machine.

How near float32 can come to a number depends on the terms of the sums on the way to it, which may cancel: a bias
before a batch normalisation has the gradient 0, a sum of hundreds of terms. So each number X has a "rounding.X": the
root mean square of what becomes of it in float64 when every sum on the way, forward and backward, is disturbed by a
random share, up to one float32 rounding, of the sum of its terms' absolute values.
"""
import copy
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


ROUNDING = 2.0 ** -24  # half the distance from 1 to the next float32
DRAWS = 256


class Disturbed:
    """Adds to every sum of a model a random share of its terms' absolute values, forward and backward."""

    def __init__(self, model, draws):
        self.draws, self.kept, self.of_parameters = draws, {}, {}
        for layer in list(model.modules()):
            if isinstance(layer, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
                self.watch(layer, self.product, self.product_back)
            elif isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)):
                self.watch(layer, self.norm, self.norm_back)

    def random(self, terms):
        """A share of each of these sums of absolute terms."""
        return ROUNDING * terms * (2 * torch.rand(terms.shape, generator=self.draws, dtype=torch.double) - 1)

    def value(self, value, terms, terms_back=lambda gradient: gradient.abs()):
        """A sum of terms of our own. terms_back: those of its gradient."""
        value = value + self.random(terms.detach())
        if value.requires_grad:
            value.register_hook(lambda gradient: gradient + self.random(terms_back(gradient)))
        return value

    def watch(self, layer, forward, backward):
        """forward, backward: what output and input's gradient are disturbed by."""
        absolute = copy.deepcopy(layer)
        for parameter in absolute.parameters():
            parameter.data.abs_()

        def on_forward(_, inputs, output):
            moved, *self.kept[layer] = forward(layer, absolute, inputs[0].detach())
            return output + moved

        def on_backward(_, of_input, of_output):
            moved = backward(layer, *self.kept[layer], of_output[0])
            return (of_input[0] + moved,)

        layer.register_forward_hook(on_forward)
        layer.register_full_backward_hook(on_backward)

    def product(self, layer, absolute, x):
        x = x.abs().requires_grad_()
        terms = absolute(x)
        return self.random(terms.detach()), absolute, x, terms

    def product_back(self, layer, absolute, x, terms, gradient):
        of_input, *of_parameters = torch.autograd.grad(terms, [x, *absolute.parameters()], gradient.abs())
        self.of_parameters |= {own: self.random(t) for own, t in zip(layer.parameters(), of_parameters)}
        return self.random(of_input)

    def norm(self, layer, absolute, x):
        """Mean and variance are sums too: a share of theirs moves all values of a channel at once."""
        axes = [0, *range(2, x.dim())]
        mean = x.mean(axes, keepdim=True)
        variance = x.var(axes, unbiased=False, keepdim=True)
        inverse = (variance + layer.eps).rsqrt()
        weight, bias = (p.detach().view(mean.shape) for p in (layer.weight, absolute.bias))
        scaled, sizes = (x - mean) * inverse, (x.abs() + mean.abs()) * inverse
        of_mean, of_variance = self.random(x.abs().mean(axes, keepdim=True)), self.random(variance + layer.eps)
        layer.running_mean.data += layer.momentum * of_mean.flatten()
        layer.running_var.data += self.random(layer.running_var) + layer.momentum * of_variance.flatten()
        moved = self.random(weight.abs() * sizes + bias) + weight * inverse * of_mean
        return moved + weight * scaled * of_variance * inverse ** 2, axes, scaled, sizes, weight * inverse

    def norm_back(self, layer, axes, scaled, sizes, factor, gradient):
        mean = gradient.abs().mean(axes, keepdim=True)
        of_scale = (gradient.abs() * sizes).mean(axes, keepdim=True)
        count = gradient.numel() / mean.numel()
        self.of_parameters[layer.weight] = self.random(count * of_scale).flatten()
        self.of_parameters[layer.bias] = self.random(count * mean).flatten()
        each = self.random(gradient.abs() + mean + sizes * of_scale)
        return factor * (each + self.random(mean) + scaled * self.random(of_scale))


class Exact:
    """As Disturbed, but nothing is."""
    of_parameters = {}

    def value(self, value, *_):
        return value


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


def numbers(model, images, noise, likelihood, beta, sums):
    """All that is compared. likelihood: its value, its terms' absolute values, and those of the decoder's gradient."""
    batch = len(images)
    features = model.encoder(images)
    mean, logvar = model.bottleneck["mean"](features), model.bottleneck["logvar"](features)
    mean = sums.value(mean, mean.abs() * 0, lambda gradient: gradient.abs() + beta * mean.detach().abs() / batch)
    logvar = sums.value(logvar, logvar.abs() * 0,
                        lambda gradient: gradient.abs() + beta * 0.5 * (logvar.detach().exp() + 1) / batch)
    scaled = torch.exp(0.5 * logvar) * noise
    z = sums.value(mean + scaled, mean.abs() + 2 * scaled.abs())
    decoded = model.decoder(z)
    evaluate, terms, terms_back = likelihood
    decoded = sums.value(decoded, decoded.abs() * 0, lambda gradient: terms_back(images, decoded.detach()) / batch)
    nll, kl = evaluate(images, decoded), kl_divergence(mean, logvar)
    nll = sums.value(nll, terms(images, decoded).flatten(1).sum(1).mean())
    kl = sums.value(kl, 0.5 * (mean ** 2 + logvar.exp() + 1 + logvar.abs()).sum(1).mean())
    total = sums.value(nll + beta * kl, nll.abs() + beta * kl.abs())
    total.backward()

    out = {"mean": mean, "logvar": logvar, "z": z, "decoded": decoded, "nll": nll, "kl": kl, "total": total}
    for name, parameter in model.named_parameters():
        out["gradient." + name] = parameter.grad + sums.of_parameters.get(parameter, 0)
    for name, buffer in model.named_buffers():
        if buffer.is_floating_point():
            out["statistic." + name] = buffer
    return {name: tensor.detach() for name, tensor in out.items()}


def make(path, model, channels, side, latents, likelihood, beta, batch=3):
    images = torch.rand(batch, channels, side, side)
    noise = torch.randn(batch, latents)
    out = {"images": images, "noise": noise}
    for name, tensor in model.named_parameters():
        out["weight." + name] = tensor.detach().clone()
    model = model.double().train()
    operands = images.double().requires_grad_(), noise.double(), likelihood, beta
    exact = numbers(copy.deepcopy(model), *operands, Exact())
    squares = dict.fromkeys(exact, 0)
    draws = torch.Generator().manual_seed(1)
    for _ in range(DRAWS):
        disturbed = copy.deepcopy(model)
        found = numbers(disturbed, *operands, Disturbed(disturbed, draws))
        for name, tensor in exact.items():
            squares[name] = squares[name] + (found[name] - tensor) ** 2
    out |= exact | {"rounding." + name: (square / DRAWS).sqrt() for name, square in squares.items()}
    save_file({name: t.detach().float().contiguous().clone() for name, t in out.items()}, path)
    print(f"{path}: {path.stat().st_size} bytes")


BERNOULLI = (bernoulli, lambda x, logits: F.softplus(logits.abs()) + (logits * x).abs(),
             lambda x, logits: logits.sigmoid() + x)
GAUSSIAN = (gaussian, lambda x, mean: (x.abs() + mean.abs()) ** 2 / 2, lambda x, mean: x.abs() + mean.abs())


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent
    torch.manual_seed(2)
    make(folder / "clothes.safetensors", Vae(1, 12, [4, 8], 2, False), 1, 12, 2, BERNOULLI, 2.048)
    torch.manual_seed(3)
    make(folder / "faces.safetensors", Vae(3, 8, [4, 4], 5, True), 3, 8, 5, GAUSSIAN, 0.768)


if __name__ == "__main__":
    main()
