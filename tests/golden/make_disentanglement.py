"""Makes disentanglement.safetensors, which disentanglement_golden_test.cpp compares with: ten small sets of codes and
factors, and the scores of each.

Usage: python3 make_disentanglement.py [FILE]   (needs numpy, scipy and scikit-learn: scripts/setup.sh --test-tools)

The scores are written from the papers' definitions with the choices of Google's disentanglement_lib: 20 bins of equal
width, the gap of the two best, natural logarithms, the 99% quantile, unbiased variances, its estimators of
scikit-learn. Everything is computed in float64 from codes that are float32 numbers.
"""
import json
import pathlib
import struct
import sys

import numpy as np
from scipy.stats import entropy
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import mutual_info_score
from sklearn.svm import LinearSVC

BINS = 20
COUNT = 420  # of which predictors learn from 280
TREE_SEEDS = 8
DRAWS, IMAGES = 60, 8  # fewer than the command draws: the file stays small


def in_bins(column):
    edges = np.histogram(column, BINS)[1]
    return np.digitize(column, edges[:-1])


def information(codes, factors):
    return np.array([[mutual_info_score(f, in_bins(z)) for f in factors.T] for z in codes.T])


def gap(table):
    ordered = np.sort(table, axis=0)
    return np.mean(ordered[-1] - ordered[-2])


def mig(codes, factors):
    return gap(information(codes, factors) / [mutual_info_score(f, f) for f in factors.T])


def sap_continuous(codes, values):
    def squared(z, v):
        return np.corrcoef(z, v)[0, 1] ** 2 if z.var(ddof=1) > 1e-12 else 0.0
    return gap(np.array([[squared(z, v) for v in values.T] for z in codes.T]))


def sap_discrete(learned, tested):
    def accuracy(z, f, z_test, f_test):
        model = LinearSVC(C=0.01, class_weight="balanced", tol=1e-8, max_iter=100000)
        return np.mean(model.fit(z[:, None], f).predict(z_test[:, None]) == f_test)
    return gap(np.array([[accuracy(z, f, z_test, f_test) for f, f_test in zip(learned[1].T, tested[1].T)]
                         for z, z_test in zip(learned[0].T, tested[0].T)]))


def modularity(codes, factors):
    squared = information(codes, factors) ** 2
    best = squared.max(axis=1)
    rest = (squared.sum(axis=1) - best) / np.where(best > 0, best, 1) / (squared.shape[1] - 1)
    return np.mean(np.where(best > 0, 1 - rest, 0))


def irs(codes, factors):
    codes = codes[:, codes.var(axis=0) > 0]
    reach = np.abs(codes - codes.mean(axis=0)).max(axis=0)
    moved = np.zeros((codes.shape[1], factors.shape[1]))
    for k, column in enumerate(factors.T):
        groups = in_bins(column)
        values = np.unique(groups)
        for value in values:
            same = codes[groups == value]
            moved[:, k] += np.quantile(np.abs(same - same.mean(axis=0)), 0.99, axis=0) / len(values)
    return np.average((1 - moved / reach[:, None]).max(axis=1), weights=reach)


def dci(learned, tested, state):
    models = [GradientBoostingClassifier(random_state=state).fit(learned[0], f) for f in learned[1].T]
    importances = np.stack([model.feature_importances_ for model in models], axis=1)
    accuracy = np.mean([model.score(tested[0], f) for model, f in zip(models, tested[1].T)])

    def one_sided(table):  # a row each
        each = 1 - entropy(table.T + 1e-11, base=table.shape[1])
        return np.sum(each * table.sum(axis=1) / table.sum())
    return one_sided(importances), one_sided(importances.T), accuracy, importances


def draws(random, factors):
    """Factors, rows of images that share its value, and pairs that do."""
    which = random.integers(factors.shape[1], size=DRAWS)
    rows, first, second = (np.zeros((DRAWS, IMAGES), np.int64) for _ in range(3))
    for v, k in enumerate(which):
        shared = np.flatnonzero(factors[:, k] == factors[random.integers(len(factors)), k])
        rows[v] = random.choice(shared, IMAGES)
        for j in range(IMAGES):
            first[v, j] = random.integers(len(factors))
            second[v, j] = random.choice(np.flatnonzero(factors[:, k] == factors[first[v, j], k]))
    return which, rows, first, second


def votes(codes, rows):
    return np.argmin(codes[rows].var(axis=1, ddof=1) / codes.var(axis=0, ddof=1), axis=1)


def majority(learned, tested, shape):
    tables = []
    for factor, vote in (learned, tested):
        table = np.zeros(shape, np.int64)
        np.add.at(table, (factor, vote), 1)
        tables.append(table)
    answer = tables[0].argmax(axis=0)
    return tables[1][answer, np.arange(shape[1])].sum() / tables[1].sum()


def differences(codes, first, second):
    return np.abs(codes[first] - codes[second]).mean(axis=1)


def levels(random, count, *sizes):
    return np.stack([random.integers(size, size=count) for size in sizes], axis=1)


def sets(random):
    """Names, codes and factors. A factor's values are its levels."""
    count = COUNT

    def noise(width, scale):
        return scale * random.standard_normal((count, width))
    f = levels(random, count, 3, 6, 10)
    yield "perfect", f.astype(float), f
    yield "noise", noise(4, 1), f
    yield "noisy copies", f / [2, 5, 9] + noise(3, 0.08), f
    yield "rotated", (f / [2, 5, 9]) @ np.linalg.qr(random.standard_normal((3, 3)))[0], f
    yield "copies twice", np.hstack([f / [2, 5, 9] + noise(3, 0.05), f[:, :2] + noise(2, 0.3)]), f
    yield "nonlinear", np.stack([np.exp(f[:, 0]), np.sin(f[:, 1]), (f[:, 2] - 5.0) ** 2], axis=1) + noise(3, 0.1), f
    f = levels(random, count, 2, 2, 2, 2)
    yield "yes or no", np.hstack([f + noise(4, 0.4), noise(2, 1)]), f
    f = levels(random, count, 8, 4)
    angle = 2 * np.pi * f[:, 0] / 8
    yield "periodic", np.stack([np.cos(angle), np.sin(angle), f[:, 1]], axis=1) + noise(3, 0.1), f
    yield "outliers", np.where(random.random((count, 2)) < 0.01, 30, f) + noise(2, 0.05), f
    f = np.minimum(levels(random, count, 5, 30), [9, 7])  # one value far more frequent than the others
    yield "unequal", np.stack([f[:, 1] + 0.5 * f[:, 0], f[:, 0] ** 2, f[:, 1] % 3], axis=1) + noise(3, 0.2), f


def scores(codes, factors, random):
    codes = codes.astype(np.float32).astype(float)
    part = COUNT * 2 // 3
    learned, tested = (codes[:part], factors[:part]), (codes[part:], factors[part:])
    out = {"codes": codes, "factors": factors}
    fixed = draws(random, factors), draws(random, factors)
    for which, (factor, rows, first, second) in zip(("learned", "tested"), fixed):
        out |= {f"{which}.factor": factor, f"{which}.rows": rows, f"{which}.first": first, f"{which}.second": second,
                f"{which}.votes": votes(codes, rows), f"{which}.differences": differences(codes, first, second)}
    ballots = [(out[f"{which}.factor"], out[f"{which}.votes"]) for which in ("learned", "tested")]
    logistic = LogisticRegression(max_iter=1000).fit(out["learned.differences"], out["learned.factor"])
    # Where two splits are equally good, scikit-learn draws one of them.
    trees = [dci(learned, tested, state) for state in range(TREE_SEEDS)]
    disentanglement, completeness, informativeness, importances = trees[0]
    for at, name in enumerate(("disentanglement", "completeness", "informativeness")):
        each = [found[at] for found in trees]
        out |= {f"{name}.low": np.array(min(each)), f"{name}.high": np.array(max(each))}
    numbers = {
        "mig": mig(codes, factors), "sap": sap_continuous(codes, factors.astype(float)),
        "sap_discrete": sap_discrete(learned, tested), "modularity": modularity(codes, factors),
        "irs": irs(codes, factors), "factorvae": majority(*ballots, (factors.shape[1], codes.shape[1])),
        "betavae": logistic.score(out["tested.differences"], out["tested.factor"]),
        "disentanglement": disentanglement, "completeness": completeness, "informativeness": informativeness}
    return out | {"importances": importances} | {name: np.array(value) for name, value in numbers.items()}


def save(path, arrays):
    """As safetensors writes them; the test tools do not have that package. Numbers are stored as small as they fit."""
    header, at, body = {}, 0, b""
    for name, array in arrays.items():
        kinds = ("U8", "I16") if array.dtype.kind == "i" else ("F32", "F64")
        exact = array.ndim == 0 or name.endswith("importances")
        kind = kinds[int(exact if array.dtype.kind == "f" else array.max() > 255)]
        words = {"U8": "u1", "I16": "<i2", "F32": "<f4", "F64": "<f8"}[kind]
        part = np.ascontiguousarray(array, words).tobytes()
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [at, at + len(part)]}
        at += len(part)
        body += part
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


def main():
    path = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "disentanglement.safetensors")
    random = np.random.default_rng(5)
    arrays = {}
    for number, (name, codes, factors) in enumerate(sets(random)):
        found = scores(codes, factors, random)
        arrays |= {f"{number}.{key}": value for key, value in found.items()}
        print(name, {key: round(float(value), 4) for key, value in found.items() if value.ndim == 0})
    save(path, arrays)
    print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
