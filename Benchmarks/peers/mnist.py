"""Finds MNIST where the vae program finds it, and puts it into other programs' layouts."""

import gzip
import os
import pathlib

FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def contents(name):
    """The bytes of one of the four files, from VAE_DATA_DIR or the cache."""
    caches = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    places = [os.path.join(root, "mnist") for root in (os.environ.get("VAE_DATA_DIR"), caches + "/swift-vae") if root]
    for place in map(pathlib.Path, places):
        if (place / name).exists():
            return (place / name).read_bytes()
        if (place / (name + ".gz")).exists():
            return gzip.decompress((place / (name + ".gz")).read_bytes())
    raise SystemExit(f"error: MNIST's {name} is not in {' or '.join(places)}; run: vae data get mnist")


def images(name=FILES[0]):
    """All images as floats in [0, 1], [count, 784]."""
    import torch

    pixels = torch.frombuffer(bytearray(contents(name)), dtype=torch.uint8, offset=16)
    return pixels.reshape(-1, 784).float().div_(255)


def write_for_torchvision(root):
    """Writes the files where torchvision's MNIST(root) looks for them, unless they are there."""
    folder = pathlib.Path(root, "MNIST", "raw")
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        if not (folder / name).exists():
            (folder / (name + ".new")).write_bytes(contents(name))
            (folder / (name + ".new")).rename(folder / name)
