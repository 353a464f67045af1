"""The model of a run as a torch module."""
import torch
from torch import nn

from ._errors import Error
from ._layers import Parts, make_layer

FORMAT = 1


class Autoencoder(nn.Module):
    """Encoder, bottleneck and decoder. The names of its weights are those of a checkpoint without "model.".

    Calling it returns pictures of images: `decode(encode(images))`.
    """

    def __init__(self, spec):
        super().__init__()
        if spec.get("format", 0) > FORMAT:
            raise Error(f"a model of format {spec['format']}; this version of the package knows {FORMAT}: expected a newer one")
        self.input_shape, self.output_shape = tuple(spec["input"]), tuple(spec["output"])
        self.latent_shape = tuple(spec["latents"])
        self.condition_size = spec["condition"]
        if self.condition_size:
            self.condition = Parts({"parts": spec["plane"]})
        self.encoder = Parts({"parts": spec["encoder"]})
        self.bottleneck = make_layer(spec["bottleneck"])
        self.decoder = Parts({"parts": spec["decoder"]})
        self.picture = make_layer(spec["picture"])

    def _condition_rows(self, x, condition):
        return x.new_zeros(1, self.condition_size) if condition is None else condition.to(x)

    def _images_with_condition(self, images, condition):
        if self.condition_size == 0:
            return images
        plane = self.condition(self._condition_rows(images, condition))
        return torch.cat([images, plane.expand(images.shape[0], -1, -1, -1)], 1)

    def _latents_with_condition(self, z, condition):
        if self.condition_size == 0:
            return z
        rows = self._condition_rows(z, condition)
        rows = rows.reshape(rows.shape + (1,) * (z.dim() - 2))
        return torch.cat([z, rows.expand(z.shape[0], -1, *z.shape[2:])], 1)

    def posterior(self, images, condition=None):
        """images: [N, C, H, W] of the encoder's size, in [0, 1]. Returns mean and logvar, [N, Z]; logvar is None for a
        plain autoencoder, whose mean is its code."""
        if tuple(images.shape[1:]) != self.input_shape:
            raise Error(f"images of shape {tuple(images.shape)}; expected [N, {', '.join(map(str, self.input_shape))}]")
        code = self.bottleneck(self.encoder(self._images_with_condition(images, condition)))
        mean, logvar = code if isinstance(code, tuple) else (code, None)
        return mean.flatten(1), None if logvar is None else logvar.flatten(1)

    def encode(self, images, condition=None):
        """Returns the code of images without noise: [N, Z]."""
        return self.posterior(images, condition)[0]

    def decode(self, z, condition=None):
        """z: [N, Z]. condition: [N, K] or [1, K]. Returns pictures [N, C, H, W]: the likelihood's mean, not clamped."""
        return self.picture(self.decoded(z, condition))

    def decoded(self, z, condition=None):
        """Returns the decoder's output before the likelihood's activation."""
        if z.dim() != 2 or z[:1].numel() not in (0, torch.Size(self.latent_shape).numel()):
            raise Error(f"latents of shape {tuple(z.shape)}; expected [N, {torch.Size(self.latent_shape).numel()}]")
        return self.decoder(self._latents_with_condition(z.reshape(-1, *self.latent_shape), condition))

    def forward(self, images, condition=None):
        return self.decode(self.encode(images, condition), condition)
