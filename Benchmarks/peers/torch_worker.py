"""PyTorch's side of a case: the same conversation as `speed work`, see Benchmarks/README.md.

The training set is held in memory as floats and sliced by a random permutation, which is faster than PyTorch's data
loader. A variant is a word for each choice: eager, compiled (torch.compile of the loss, forward and backward) or tuned
(max-autotune), fused or foreach (Adam), last (channels last); for log p(x) the number of draws that are decoded at
once. Compiling is done before the worker says that it is ready. Precision stays at PyTorch's default, float32.
"""

import argparse
import json
import os
import pathlib
import sys
import time

os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")  # no pool of compilers idling beside what is timed

import torch

import mnist
import models

CHANGES = ("hidden", "latent", "activation", "batch", "samples", "objective", "binarize", "warmup")


class Training:
    """Steps of training; endless passes over the examples in a new random order each."""

    def __init__(self, case, words):
        self.batch = case["batch"]
        self.model, self.examples = self.made(case)
        if "last" in words:
            self.model = self.model.to(memory_format=torch.channels_last)
            self.examples = self.examples.contiguous(memory_format=torch.channels_last)
        self.loss = compiled(self.model.loss, words)
        kind = "foreach" if "foreach" in words else "fused"
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3, **{kind: True})
        self.batches = self.slices()

    @staticmethod
    def made(case):
        if case["kind"] == "recurrent":
            return models.RecurrentCore(case), torch.rand(case["batch"] * 4, case["glimpses"], case["inputs"])
        if case["kind"] == "convolution":
            return models.ConvolutionalVAE(case), torch.rand(case["batch"] * 8, 3, 64, 64)
        return models.VAE(case), mnist.images()

    def slices(self):
        while True:
            order = torch.randperm(len(self.examples))
            for first in range(0, len(order) - self.batch + 1, self.batch):
                yield self.examples[order[first : first + self.batch]]

    def step(self):
        self.optimizer.zero_grad()
        loss = self.loss(next(self.batches))
        loss.backward()
        self.optimizer.step()
        return loss.item()


class Estimate:
    """log p(x) of one test image after the other: encoded once, all its draws decoded a chunk at a time."""

    def __init__(self, case, words):
        self.model = models.VAE(case)
        self.draws, self.chunk = case["samples"], int(words[1])
        if self.draws % self.chunk:
            raise SystemExit(f"error: {self.draws} draws are no whole number of chunks of {self.chunk}")
        self.x = self.model.binarized(mnist.images(mnist.FILES[2])[: case["batch"]])
        with torch.inference_mode():
            self.mean, self.log_variance = self.model.encode(self.x)
        self.add = compiled(self.added, words)
        self.next = 0

    def added(self, total, x, mean, log_variance):
        return torch.logaddexp(total, torch.logsumexp(self.model.log_weights(x, mean, log_variance, self.chunk), 0))

    @torch.inference_mode()
    def step(self):
        one = slice(self.next, self.next + 1)
        self.next = (self.next + 1) % len(self.x)
        total = torch.full((1,), -torch.inf)
        for _ in range(self.draws // self.chunk):
            total = self.add(total, self.x[one], self.mean[one], self.log_variance[one])
        return torch.log(torch.tensor(float(self.draws))).item() - total.item()


def compiled(function, words):
    """As the variant asks; `tuned` tries several ways of multiplying matrices and keeps the fastest."""
    if "tuned" in words:
        return torch.compile(function, dynamic=False, mode="max-autotune-no-cudagraphs")
    return torch.compile(function, dynamic=False) if "compiled" in words else function


def timed(work, is_done):
    start, steps, losses = time.perf_counter(), 0, 0.0
    while not is_done(steps, time.perf_counter() - start):
        losses += work.step()
        steps += 1
    return {"seconds_per_step": (time.perf_counter() - start) / steps, "steps": steps, "loss": losses / steps}


def peak_bytes():
    status = pathlib.Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def say(answer):
    print(json.dumps(answer), flush=True)


def chosen_case():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case")
    parser.add_argument("--variant", default="eager-fused")
    parser.add_argument("--threads", type=int, default=2)
    for change in CHANGES:
        parser.add_argument("--" + change)
    options = parser.parse_args()
    case = json.loads(pathlib.Path(__file__).parent.with_name("cases.json").read_text())[options.case]
    for change in CHANGES:
        if (value := getattr(options, change)) is not None:
            numbers = [int(part) for part in value.split(",")] if value[0].isdigit() else value
            case[change] = numbers if change == "hidden" or value == numbers else numbers[0]
    return case, options


def main():
    case, options = chosen_case()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    words = options.variant.split("-")
    work = (Estimate if case["kind"] == "estimate" else Training)(case, words)
    warmed = timed(work, lambda steps, _: steps >= case["warmup"])
    say({"ready": True, "loss": warmed["loss"], "torch": torch.__version__})
    for line in sys.stdin:
        words = line.split()
        if words[0] == "end":
            break
        say(timed(work, lambda steps, seconds: steps > 0 and seconds >= float(words[1])))
    say({"peak_bytes": peak_bytes()})


main()
