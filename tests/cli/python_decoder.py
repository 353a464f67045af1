"""The README's Python lines rebuild the decoder, and draw the pictures that latent draws."""
import re

from _latent import SOURCE, Workplace, expect, latent

with Workplace() as here:
    latent("train", SOURCE / "configs/fashion_mnist_vae.json", "--run", "run", "--set", "data={\"name\":\"shapes\",\"count\":64}",
           "--set", "train.epochs=1", "--quiet")
    latent("sample", "--run", "run", "--count", 9, "--tensors", "samples.safetensors")

    from safetensors.torch import load_file

    samples = load_file("samples.safetensors")
    readme = (SOURCE / "README.md").read_text()
    blocks = [block for block in re.findall(r"```python\n(.*?)```", readme, re.S) if "load_file" in block]
    expect(len(blocks) == 1, "one Python example in the README")
    code = blocks[0]
    expect(len([line for line in code.splitlines() if line.strip()]) <= 12, "about ten lines")
    code = re.sub(r'"runs/[^"]*"', '"run/checkpoints/best.safetensors"', code)
    code, replaced = re.subn(r"torch\.randn\([^)]*\)", "latents", code)
    expect(replaced == 1, "the latents of the example to be replaced")
    scope = {"latents": samples["z"]}
    exec(code, scope)
    difference = (scope["pictures"] - samples["images"]).abs().max().item()
    expect(scope["pictures"].shape == samples["images"].shape, "pictures of the same shape")
    expect(difference < 1e-4, f"the same pictures, differ by {difference}")
