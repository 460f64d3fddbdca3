"""PyTorch's side of the benchmark "learning": the same steps, products and update, each timed by itself; prints seconds by name as JSON.

Usage: python3 - THREADS SECONDS < peer.py. What PyTorch can be told in more than one way is timed in each, and the fastest counts.
"""

import ctypes
import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

THREADS, SECONDS = int(sys.argv[1]), float(sys.argv[2])
torch.set_num_threads(THREADS)
torch.manual_seed(1)


def best(action):
    for _ in range(3):
        action()
    least, end = float("inf"), time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        begin = time.perf_counter()
        action()
        least = min(least, time.perf_counter() - begin)
    return least


def optimisers(parameters, **options):
    return [torch.optim.AdamW(parameters, lr=1e-3, foreach=foreach, **options) for foreach in (False, True)]


def step(model, inputs, target):
    """Seconds of one training step: gradients, squared error, AdamW."""

    def run(optimiser):
        optimiser.zero_grad(set_to_none=True)
        F.mse_loss(model(*inputs), target).backward()
        optimiser.step()

    return min(best(lambda: run(optimiser)) for optimiser in optimisers(list(model.parameters())))


def mlp(rows):
    model = nn.Sequential(nn.Linear(256, 512), nn.SiLU(), nn.Linear(512, 512), nn.SiLU(), nn.Linear(512, 1))
    return step(model, [torch.randn(rows, 256)], torch.randn(rows, 1))


class Attention(nn.Module):
    """Multi-head attention with one product for queries, keys and values, which is faster here than nn.MultiheadAttention."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.project, self.output = heads, nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        sequences, length, width = x.shape
        queries, keys, values = self.project(x).view(sequences, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        weights = torch.softmax((queries * (width // self.heads) ** -0.5) @ keys.transpose(2, 3), 3)
        return self.output((weights @ values).transpose(1, 2).reshape(sequences, length, width))


class Block(nn.Module):
    def __init__(self, width, heads, inner):
        super().__init__()
        self.attention, self.first, self.second = Attention(width, heads), nn.LayerNorm(width), nn.LayerNorm(width)
        self.feed = nn.Sequential(nn.Linear(width, inner), nn.SiLU(), nn.Linear(inner, width))

    def forward(self, x):
        x = x + self.attention(self.first(x))
        return x + self.feed(self.second(x))


def library_block(width, heads, inner):
    return nn.TransformerEncoderLayer(width, heads, inner, dropout=0, activation=F.silu, batch_first=True, norm_first=True)


class Encoder(nn.Module):
    """Bags of terms, a position each, blocks, a last norm, the mean over a sequence, one number."""

    def __init__(self, block, layers=2, vocabulary=4096, width=128, heads=4, inner=512, length=32):
        super().__init__()
        self.terms, self.positions = nn.EmbeddingBag(vocabulary, width, mode="sum"), nn.Parameter(torch.randn(length, width) * 0.02)
        self.blocks, self.norm, self.head = nn.Sequential(*[block(width, heads, inner) for _ in range(layers)]), nn.LayerNorm(width), nn.Linear(width, 1)

    def forward(self, terms, offsets, sequences):
        x = self.terms(terms, offsets).view(sequences, -1, self.positions.shape[1]) + self.positions
        return self.head(self.norm(self.blocks(x)).mean(1))


def transformer(sequences=32, length=32, bag=3):
    terms = torch.randint(0, 4096, (sequences * length * bag,))
    inputs = [terms, torch.arange(0, len(terms), bag), sequences]
    return min(step(Encoder(block), inputs, torch.randn(sequences, 1)) for block in (Block, library_block))


class Policy(nn.Module):
    """The default policy's network over decisions of several candidates."""

    def __init__(self, features, situation, hidden=64, value_hidden=32):
        super().__init__()
        self.candidate, self.situation, self.norm = nn.Linear(features, hidden, bias=False), nn.Linear(situation, hidden), nn.LayerNorm(hidden)
        self.second, self.context = nn.Linear(hidden, hidden, bias=False), nn.Linear(hidden, hidden)
        self.logit, self.shortcut = nn.Linear(hidden, 1, bias=False), nn.Linear(features, 1, bias=False)
        self.value = nn.Sequential(nn.Linear(situation + 2 * hidden, value_hidden), nn.SiLU(), nn.Linear(value_hidden, 1))

    def padded(self, situations, candidates, mask, counts):
        """Candidates [decisions, widest, features], of which the mask says what is there; log-probabilities and values."""
        share = (mask / counts[:, None]).unsqueeze(1)
        first = F.silu(self.norm(self.candidate(candidates) + self.situation(situations).unsqueeze(1)))
        second = F.silu(self.second(first) + self.context(share @ first))
        logits = (self.logit(second) + self.shortcut(candidates)).squeeze(2).masked_fill(~mask, -1e30)
        largest = second.masked_fill(~mask.unsqueeze(2), -1e30).max(1).values
        value = self.value(torch.cat([situations, (share @ second).squeeze(1), largest], 1)).squeeze(1)
        return F.log_softmax(logits, 1), value

    def ragged(self, situations, candidates, mask, counts):
        """The same, with only the candidates that are there in the layers' products."""
        owner = torch.repeat_interleave(torch.arange(len(counts)), counts)
        slot = mask.flatten().nonzero().squeeze(1)
        rows = candidates[mask]

        def mean(x):
            return x.new_zeros(len(counts), x.shape[1]).index_add(0, owner, x) / counts[:, None]

        def pad(x):
            return x.new_full((mask.numel(), x.shape[1]), -1e30).index_copy(0, slot, x).view(*mask.shape, -1)

        first = F.silu(self.norm(self.candidate(rows) + self.situation(situations).index_select(0, owner)))
        second = F.silu(self.second(first) + self.context(mean(first)).index_select(0, owner))
        value = self.value(torch.cat([situations, mean(second), pad(second).max(1).values], 1)).squeeze(1)
        return F.log_softmax(pad(self.logit(second) + self.shortcut(rows)).squeeze(2), 1), value


def advantages(rewards, values, gamma=0.99, decay=0.95):
    """Generalised advantages [episodes, steps], whitened, and the returns."""
    result, carried, after = torch.empty_like(rewards), torch.zeros(len(rewards)), torch.zeros(len(rewards))
    for turn in range(rewards.shape[1] - 1, -1, -1):
        carried = rewards[:, turn] + gamma * after - values[:, turn] + gamma * decay * carried
        after, result[:, turn] = values[:, turn], carried
    return ((result - result.mean()) / (result.std() + 1e-8)).flatten(), (result + values).flatten()


def update(features, situation, episodes=384, turns=6, epochs=4, mini_batch=256):
    """Seconds of one whole update of the default policy: scores, advantages, epochs of mini-batches of the clipped surrogate."""
    decisions = episodes * turns
    counts = torch.tensor([11 + index * 7919 % 9 for index in range(decisions)])
    mask = torch.arange(int(counts.max())) < counts[:, None]
    candidates, situations = torch.randn(*mask.shape, features) * mask.unsqueeze(2), torch.randn(decisions, situation)
    chosen, rewards = torch.arange(decisions) % counts, torch.rand(episodes, turns)
    behaviour = -torch.log(counts.float())

    def run(model, forward, reference, optimiser):
        with torch.no_grad():
            earlier = forward(model, situations, candidates, mask, counts)[1]
            kept = forward(reference, situations, candidates, mask, counts)[0]
        gains, returns = advantages(rewards, earlier.view(episodes, turns))
        for _ in range(epochs):
            moved = torch.zeros(())
            for rows in torch.randperm(decisions).split(mini_batch):
                own = mask[rows]
                logs, values = forward(model, situations[rows], candidates[rows], own, counts[rows])
                picked, gain, before, target = logs.gather(1, chosen[rows, None]).squeeze(1), gains[rows], earlier[rows], returns[rows]
                log_ratio = picked - behaviour[rows]
                ratio = torch.exp(log_ratio.clamp(-20, 20))
                policy = -torch.minimum(ratio * gain, ratio.clamp(0.8, 1.2) * gain).mean()
                held = before + (values - before).clamp(-0.2, 0.2)
                value = torch.maximum((values - target) ** 2, (held - target) ** 2).mean() / 2
                chances = logs.exp()
                kl = (chances * (logs - kept[rows]).masked_fill(~own, 0)).sum(1).mean()
                entropy = -(chances * logs.masked_fill(~own, 0)).sum(1).mean()
                optimiser.zero_grad(set_to_none=True)
                (policy + 0.5 * value + 0.1 * kl - 0.02 * entropy).backward()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimiser.step()
                moved += (ratio - 1 - log_ratio).sum().detach()
            if moved.item() / decisions > 1e9:
                break

    def measure(forward, which):
        model, reference = Policy(features, situation), Policy(features, situation)
        groups = [{"params": [p for p in model.parameters() if (p.dim() > 1) == matrix], "weight_decay": 0.01 * matrix} for matrix in (True, False)]
        optimiser = optimisers(groups)[which]
        return best(lambda: run(model, forward, reference, optimiser))

    return min(measure(forward, which) for forward in (Policy.padded, Policy.ragged) for which in (0, 1))


def blas():
    """The library that products run on, with its version and the kernels it chose where it tells."""
    with open("/proc/self/maps") as maps:
        paths = sorted({line.split()[-1] for line in maps if "/" in line and any(name in line.lower() for name in ("blas", "mkl", "blis"))})
    for path in paths:
        try:
            library = ctypes.CDLL(path)
            library.openblas_get_corename.restype = library.openblas_get_config.restype = ctypes.c_char_p
            return f"{' '.join(library.openblas_get_config().decode().split()[:2])} ({library.openblas_get_corename().decode()} kernels)"
        except (OSError, AttributeError):
            continue
    return ", ".join(path.split("/")[-1] for path in paths) or "its own"


left, right = torch.randn(1024, 1024), torch.randn(1024, 1024)
results = {"product": best(lambda: left @ right), "version": torch.__version__, "blas": blas()}
for rows in (256, 32, 1):
    results[f"mlp {rows}"] = mlp(rows)
results["transformer"] = transformer()
results["update"] = update(int(sys.argv[3]), int(sys.argv[4]))
print(json.dumps(results))
