"""PyTorch's well-known basic VAE as a whole program: torchvision's MNIST, its data loader, sigmoid and cross-entropy.

Like that example it is not tuned: 784-400-20, a pass over the test images after each epoch unless --no-test.
"""

import argparse

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader
from torchvision import datasets, transforms


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(784, 400)
        self.mean = nn.Linear(400, 20)
        self.log_variance = nn.Linear(400, 20)
        self.back = nn.Linear(20, 400)
        self.pixels = nn.Linear(400, 784)

    def forward(self, x):
        h = F.relu(self.hidden(x.view(-1, 784)))
        mean, log_variance = self.mean(h), self.log_variance(h)
        z = mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)
        return torch.sigmoid(self.pixels(F.relu(self.back(z)))), mean, log_variance


def cost(x, reconstruction, mean, log_variance):
    likelihood = F.binary_cross_entropy(reconstruction, x.view(-1, 784), reduction="sum")
    return likelihood - 0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, help="a folder in torchvision's layout")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--workers", type=int, default=1, help="processes that load data; 0 is none but this one")
    parser.add_argument("--no-test", action="store_true")
    options = parser.parse_args()
    torch.manual_seed(1)

    def loader(train):
        data = datasets.MNIST(options.data, train=train, download=False, transform=transforms.ToTensor())
        return DataLoader(data, options.batch_size, shuffle=train, num_workers=options.workers)

    training, testing = loader(True), None if options.no_test else loader(False)
    model = VAE()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(1, options.epochs + 1):
        model.train()
        total = 0.0
        for x, _ in training:
            optimizer.zero_grad()
            loss = cost(x, *model(x))
            loss.backward()
            total += loss.item()
            optimizer.step()
        print(f"epoch {epoch}: loss {total / len(training.dataset):.2f}")
        if testing is not None:
            model.eval()
            with torch.no_grad():
                total = sum(cost(x, *model(x)).item() for x, _ in testing)
            print(f"epoch {epoch}: test loss {total / len(testing.dataset):.2f}")


main()
