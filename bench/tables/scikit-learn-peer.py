"""Trains a logistic regression on a CSV with pandas and scikit-learn, as `digits train --solver lbfgs` does."""
import sys
import warnings

import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")
table = pd.read_csv(sys.argv[1])
features, labels = table.iloc[:, :-1].to_numpy("float32"), table.iloc[:, -1].to_numpy()
train, test, train_labels, test_labels = train_test_split(features, labels, test_size=0.2, stratify=labels, random_state=13)
scaler = StandardScaler().fit(train)
model = LogisticRegression(max_iter=100).fit(scaler.transform(train), train_labels)
print(accuracy_score(test_labels, model.predict(scaler.transform(test))))
