"""Images a second in training, ours and PyTorch's, in turn; the ratio round by round, and its median.

Only the training steps are timed, not start-up. PyTorch holds the images in memory as floats and slices them, which is
faster than its data loader, and runs eager with fused Adam; the better of eager and compiled counts with --compile.
"""

import argparse
import gzip
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

CASES = {
    "784-400-20 relu, batch 128, grey": dict(hidden=[400], latent=20, activation="relu", batch=128, binarize="none"),
    "784-200-200-50 tanh, batch 100, dynamic": dict(
        hidden=[200, 200], latent=50, activation="tanh", batch=100, binarize="dynamic"),
}
ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh}


class VAE(nn.Module):
    def __init__(self, hidden, latent, activation):
        super().__init__()

        def stack(widths):
            layers = [(nn.Linear(a, b), ACTIVATIONS[activation]()) for a, b in zip(widths, widths[1:])]
            return nn.Sequential(*(part for pair in layers for part in pair))

        self.encoder = stack([784] + hidden)
        self.mean = nn.Linear(hidden[-1], latent)
        self.log_variance = nn.Linear(hidden[-1], latent)
        self.decoder = stack([latent] + hidden[::-1])
        self.logits = nn.Linear(hidden[0], 784)

    def forward(self, x):
        h = self.encoder(x)
        mean, log_variance = self.mean(h), self.log_variance(h)
        z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        loss = F.binary_cross_entropy_with_logits(self.logits(self.decoder(z)), x, reduction="sum")
        divergence = 0.5 * torch.sum(mean * mean + log_variance.exp() - 1 - log_variance)
        return (loss + divergence) / x.shape[0]


def torch_speed(images, case, compiled):
    torch.manual_seed(0)
    model = VAE(case["hidden"], case["latent"], case["activation"])
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    step = torch.compile(model) if compiled else model

    def epoch(limit):
        order = torch.randperm(len(images))[:limit]
        for first in range(0, limit, case["batch"]):
            x = images[order[first : first + case["batch"]]]
            if case["binarize"] == "dynamic":
                x = torch.bernoulli(x)
            optimizer.zero_grad()
            step(x).backward()
            optimizer.step()

    epoch(50 * case["batch"])
    start = time.perf_counter()
    epoch(len(images))
    return len(images) / (time.perf_counter() - start)


def vae_speed(vae, case):
    folder = tempfile.mkdtemp()
    try:
        command = [
            vae, "train", "mnist", "--out", folder + "/run", "--hidden", ",".join(map(str, case["hidden"])),
            "--latent", str(case["latent"]), "--activation", case["activation"], "--batch-size", str(case["batch"]),
            "--binarize", case["binarize"], "--epochs", "2", "--validation", "0", "--threads", str(os.cpu_count()),
        ]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        lines = pathlib.Path(folder, "run", "metrics.jsonl").read_text().splitlines()
        return json.loads(lines[-1])["examples_per_second"]
    finally:
        shutil.rmtree(folder)


def mnist():
    places = [os.environ.get("VAE_DATA_DIR", "") + "/mnist", os.path.expanduser("~/.cache/swift-vae/mnist")]
    for place in map(pathlib.Path, places):
        for name in ("train-images-idx3-ubyte.gz", "train-images-idx3-ubyte"):
            if (place / name).exists():
                data = (place / name).read_bytes()
                data = gzip.decompress(data) if name.endswith("gz") else data
                return torch.from_numpy(np.frombuffer(data, np.uint8, offset=16).reshape(-1, 784).astype(np.float32) / 255)
    raise SystemExit("MNIST not found; run: vae data get mnist")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vae", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--compile", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(os.cpu_count())
    images = mnist()
    print(f"torch {torch.__version__}, {os.cpu_count()} cores, {options.rounds} rounds; images/s in training")
    for name, case in CASES.items():
        rows = []
        for _ in range(options.rounds):
            theirs = torch_speed(images, case, False)
            if options.compile:
                theirs = max(theirs, torch_speed(images, case, True))
            rows.append((vae_speed(options.vae, case), theirs))
        ratios = sorted(ours / theirs for ours, theirs in rows)
        print(
            f"{name}: ours {statistics.median(r[0] for r in rows):,.0f}, PyTorch {statistics.median(r[1] for r in rows):,.0f}, "
            f"ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")


if __name__ == "__main__":
    main()
