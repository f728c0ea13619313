"""The cases' models as a user of PyTorch would write them for speed: losses from logits, whole-batch operations.

Each has `loss(x)`, the mean over the batch in nats.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F

ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh}


def stack(widths, activation):
    layers = ((nn.Linear(a, b), ACTIVATIONS[activation]()) for a, b in zip(widths, widths[1:]))
    return nn.Sequential(*(part for layer in layers for part in layer))


def divergence(mean, log_variance):
    return 0.5 * (mean * mean + log_variance.exp() - 1 - log_variance)


class VAE(nn.Module):
    """Fully connected; one draw and the analytic divergence, or k draws and the importance-weighted bound."""

    def __init__(self, case):
        super().__init__()
        hidden, latent = case["hidden"], case["latent"]
        self.encoder = stack([784] + hidden, case["activation"])
        self.mean = nn.Linear(hidden[-1], latent)
        self.log_variance = nn.Linear(hidden[-1], latent)
        self.decoder = stack([latent] + hidden[::-1], case["activation"])
        self.logits = nn.Linear(hidden[0], 784)
        self.draws = case["samples"]
        self.is_weighted = case.get("objective") == "iwae"
        self.is_dynamic = case["binarize"] == "dynamic"

    def binarized(self, x):
        return torch.bernoulli(x) if self.is_dynamic else x

    def encode(self, x):
        h = self.encoder(x)
        return self.mean(h), self.log_variance(h)

    def log_weights(self, x, mean, log_variance, draws):
        """log p(x|z) + log p(z) - log q(z|x) at `draws` draws for each example, [draws, B]."""
        noise = torch.randn(draws, *mean.shape)
        z = mean + torch.exp(0.5 * log_variance) * noise
        logits = self.logits(self.decoder(z))
        likelihood = F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)
        return -likelihood - 0.5 * (z * z - noise * noise - log_variance).sum(-1)

    def loss(self, x):
        x = self.binarized(x)
        mean, log_variance = self.encode(x)
        if self.is_weighted:
            weights = self.log_weights(x, mean, log_variance, self.draws)
            return math.log(self.draws) - torch.logsumexp(weights, 0).mean()
        z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        likelihood = F.binary_cross_entropy_with_logits(self.logits(self.decoder(z)), x, reduction="sum")
        return (likelihood + divergence(mean, log_variance).sum()) / x.shape[0]


class RecurrentCore(nn.Module):
    """Two LSTM cells that feed each other through a Gaussian draw, as in DRAW, with given input for its glimpses."""

    def __init__(self, case):
        super().__init__()
        self.units, self.latent = case["hidden"][0], case["latent"]
        self.encoder = nn.LSTMCell(case["inputs"] + self.units, self.units)
        self.mean = nn.Linear(self.units, self.latent)
        self.log_variance = nn.Linear(self.units, self.latent)
        self.decoder = nn.LSTMCell(self.latent, self.units)

    def loss(self, x):  # [B, steps, inputs]
        zeros = x.new_zeros(len(x), self.units)
        encoder, decoder, cost = (zeros, zeros), (zeros, zeros), 0
        for glimpse in x.unbind(1):
            encoder = self.encoder(torch.cat([glimpse, decoder[0]], 1), encoder)
            mean, log_variance = self.mean(encoder[0]), self.log_variance(encoder[0])
            cost = cost + divergence(mean, log_variance).sum()
            decoder = self.decoder(mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean), decoder)
        return cost / len(x) + 0.5 * decoder[0].square().mean()


class ConvolutionalVAE(nn.Module):
    """4x4 kernels, stride 2, and the mirror of that by transposed convolutions; 3x64x64 pictures."""

    def __init__(self, case):
        super().__init__()
        channels = [3] + case["hidden"]
        pairs = list(zip(channels, channels[1:]))
        down = [part for a, b in pairs for part in (nn.Conv2d(a, b, 4, 2, 1), nn.ReLU())]
        up = [part for a, b in pairs[::-1] for part in (nn.ConvTranspose2d(b, a, 4, 2, 1), nn.ReLU())]
        self.corner = (channels[-1], 64 >> len(pairs), 64 >> len(pairs))
        features = math.prod(self.corner)
        self.encoder = nn.Sequential(*down, nn.Flatten())
        self.mean = nn.Linear(features, case["latent"])
        self.log_variance = nn.Linear(features, case["latent"])
        self.expand = nn.Sequential(nn.Linear(case["latent"], features), nn.ReLU(), nn.Unflatten(1, self.corner))
        self.decoder = nn.Sequential(*up[:-1])

    def loss(self, x):
        h = self.encoder(x)
        mean, log_variance = self.mean(h), self.log_variance(h)
        z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        likelihood = F.binary_cross_entropy_with_logits(self.decoder(self.expand(z)), x, reduction="sum")
        return (likelihood + divergence(mean, log_variance).sum()) / x.shape[0]
