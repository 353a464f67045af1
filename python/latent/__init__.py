"""Opens the runs of the command-line tool `latent`: encode and decode images, draw samples, train on.

    import latent
    run = latent.open("runs/faces")
    z = run.encode(images)      # [N, Z]
    pictures = run.decode(z)    # [N, C, H, W], in [0, 1]

Everything is a tensor on `run.device`; gradients flow through `run.model`.
"""
from ._errors import Error
from ._run import Latents, Run, open, save

__version__ = "0.1.0"
__all__ = ["Error", "Latents", "Run", "open", "save"]
