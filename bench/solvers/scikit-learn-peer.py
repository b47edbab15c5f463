"""Trains scikit-learn's logistic regression on one thread: reads a job as a line of JSON, writes its result as another."""
import json
import sys
import time
import warnings

import numpy as np
from sklearn.datasets import load_digits
from sklearn.kernel_approximation import RBFSampler
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

warnings.simplefilter("ignore")
features, labels = load_digits(return_X_y=True)

for line in sys.stdin:
    job = json.loads(line)
    train, test = train_test_split(
        np.arange(len(labels)), test_size=0.2, stratify=labels, random_state=job["seed"]
    )
    inputs, held_out = features[train], features[test]
    start = time.perf_counter()
    if "components" in job:
        mean = inputs.mean(axis=0)
        ranges = inputs.max(axis=0) - inputs.min(axis=0)
        ranges[ranges == 0] = 1
        scaled = (inputs - mean) / ranges
        sampler = RBFSampler(gamma="scale", n_components=job["components"], random_state=job["seed"])
        made = sampler.fit_transform(scaled)
        transform = lambda rows: sampler.transform((rows - mean) / ranges)
    else:
        scaler = StandardScaler().fit(inputs)
        made = scaler.transform(inputs)
        transform = scaler.transform
    model = LogisticRegression(C=1 / (job["l2"] * len(train))).fit(made, labels[train])
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "accuracy": model.score(transform(held_out), labels[test])}), flush=True)
