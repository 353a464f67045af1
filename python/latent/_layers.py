"""The kinds of layers that `latent` trains, as torch modules with the same names for weights."""
import torch
from torch import nn
from torch.nn import functional as F

from ._errors import Error


class _Weighted(nn.Module):
    """A layer with the weights and statistics of its spec, all zero until they are loaded."""

    def __init__(self, spec):
        super().__init__()
        self.options = spec.get("options", {})
        for name, sizes in spec.get("weights", {}).items():
            self.register_parameter(name, nn.Parameter(torch.zeros(sizes)))
        for name, sizes in spec.get("statistics", {}).items():
            self.register_buffer(name, torch.zeros(sizes))
        if "bias" not in spec.get("weights", {}):
            self.register_parameter("bias", None)


class Conv(_Weighted):
    def forward(self, x):
        return F.conv2d(x, self.weight, self.bias, self.options["stride"], self.options["padding"])


class TransposedConv(_Weighted):
    def forward(self, x):
        return F.conv_transpose2d(x, self.weight, self.bias, self.options["stride"], self.options["padding"],
                                  self.options["output_padding"])


class Dense(_Weighted):
    def forward(self, x):
        return F.linear(x, self.weight, self.bias)


class BatchNorm(_Weighted):
    def forward(self, x):
        return F.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, self.training,
                            self.options["momentum"], self.options["epsilon"])


class GroupNorm(_Weighted):
    def forward(self, x):
        return F.group_norm(x, self.options["groups"], self.weight, self.bias, self.options["epsilon"])


class Function(nn.Module):
    """A layer without weights."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


class Parts(nn.Module):
    """Layers one after another."""

    def __init__(self, spec):
        super().__init__()
        add_layers(self, spec.get("parts", []))

    def forward(self, x):
        for layer in self.children():
            x = layer(x)
        return x


class Residual(Parts):
    def forward(self, x):
        return x + super().forward(x)


class Attention(nn.Module):
    """Each pixel sees all others, added to x."""

    def __init__(self, spec):
        super().__init__()
        add_layers(self, spec["parts"])

    def forward(self, x):
        layers = dict(self.named_children())
        batch, channels, height, width = x.shape
        three = layers["qkv"](layers["norm"](x) if "norm" in layers else x)
        query, key, value = three.flatten(2).transpose(1, 2).chunk(3, dim=2)  # [B, pixels, C]
        seen = F.scaled_dot_product_attention(query, key, value)
        return x + layers["out"](seen.transpose(1, 2).reshape(batch, channels, height, width))


class PointCode(Parts):
    """The bottleneck of a plain autoencoder: z is the code."""


class GaussianCode(nn.Module):
    """The bottleneck of a variational autoencoder. Returns mean and logvar."""

    def __init__(self, spec):
        super().__init__()
        add_layers(self, spec["parts"])

    def forward(self, x):
        return self.mean(x), self.logvar(x)


class VectorCode(_Weighted):
    """Each place of the map holds the nearest of the codes [K, D]."""

    def __init__(self, spec):
        super().__init__(spec)
        add_layers(self, spec["parts"])

    def forward(self, x):
        x = self.vectors(x).permute(0, 2, 3, 1)
        nearest = torch.addmm(self.codes.square().sum(1), x.reshape(-1, x.shape[3]), self.codes.t(), alpha=-2).argmin(1)
        held = self.codes[nearest].reshape(x.shape)
        return (x + (held - x).detach() if torch.is_grad_enabled() else held).permute(0, 3, 1, 2)


class ScalarCode(nn.Module):
    """Each latent is rounded to one of its levels."""

    def __init__(self, spec):
        super().__init__()
        add_layers(self, spec["parts"])
        levels = torch.tensor(spec["options"]["levels"], dtype=torch.float32).reshape(1, -1, 1, 1)
        self.half, self.offset, self.step = (levels - 1) * 1.001 / 2, (levels % 2 == 0) * 0.5, (levels / 2).floor()

    def forward(self, x):
        half, offset, step = (number.to(x.device) for number in (self.half, self.offset, self.step))
        x = torch.tanh(self.values(x) + torch.atanh(offset / half)) * half - offset
        return (x + (x.round() - x).detach()) / step


def _without_options(function):
    return lambda spec: Function(function)


KINDS = {
    "conv": Conv,
    "transposed_conv": TransposedConv,
    "dense": Dense,
    "batch_norm": BatchNorm,
    "group_norm": GroupNorm,
    "flatten": _without_options(lambda x: x.flatten(1)),
    "reshape": lambda spec: Function(lambda x, shape=tuple(spec["options"]["shape"]): x.reshape(-1, *shape)),
    "dropout": lambda spec: nn.Dropout(spec["options"]["probability"]),
    "identity": _without_options(lambda x: x),
    "relu": _without_options(F.relu),
    "leaky_relu": lambda spec: nn.LeakyReLU(spec["options"]["slope"]),
    "elu": _without_options(F.elu),
    "silu": _without_options(F.silu),
    "gelu": _without_options(F.gelu),
    "tanh": _without_options(torch.tanh),
    "sigmoid": _without_options(torch.sigmoid),
    "softplus": _without_options(F.softplus),
    "residual": Residual,
    "attention": Attention,
    "mean_pool": _without_options(lambda x: F.avg_pool2d(x, 2, 2, ceil_mode=True, count_include_pad=False)),
    "enlarge": lambda spec: Function(lambda x, size=tuple(spec["options"]["size"]): F.interpolate(x, size, mode="nearest")),
    "point_code": PointCode,
    "gaussian_code": GaussianCode,
    "vq_code": VectorCode,
    "fsq_code": ScalarCode,
}


def make_layer(spec):
    """Returns the module of a layer's spec. Raises Error for a kind that this version does not know."""
    kind = spec["kind"]
    if kind not in KINDS:
        raise Error(f"a layer of the kind {kind!r}, which this version of the package does not know; expected a newer one")
    return KINDS[kind](spec)


def add_layers(module, specs):
    """Adds layers under their names, in their order. The layer "branch.conv" is conv in a chain called branch."""
    for spec in specs:
        *chains, name = spec["name"].split(".")
        holder = module
        for chain in chains:
            if chain not in dict(holder.named_children()):
                holder.add_module(chain, Parts({}))
            holder = getattr(holder, chain)
        holder.add_module(name, make_layer(spec))
