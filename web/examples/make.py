"""Makes the example tables of the page.

    python3 make.py

Iris and Wine are the numbers that scikit-learn ships. The penguins are made up: only random numbers of a fixed seed.
Made with scikit-learn 1.2.1.
"""

import csv
from pathlib import Path
from random import Random

from sklearn.datasets import load_iris, load_wine

FOLDER = Path(__file__).parent

# The cultivars of scikit-learn's class_0, class_1 and class_2.
CULTIVARS = ["Barolo", "Grignolino", "Barbera"]

# For each species: islands, and mean and standard deviation of the bill's length and depth and of the flipper's length, in mm,
# and of the body's mass in g. Males are larger by SEXES.
SPECIES = {
    "Adelie": (["North", "South", "West"], 120, [(39.5, 2.6), (18.3, 1.1), (191, 6.5), (3700, 380)]),
    "Chinstrap": (["South"], 60, [(45.5, 2.9), (18.1, 1.1), (196, 6.5), (3780, 380)]),
    "Gentoo": (["North", "West"], 100, [(46.0, 2.8), (15.8, 1.1), (210, 7.0), (4700, 450)]),
}
SEXES = {"female": -0.6, "male": 0.6}
NAMES = ["island", "bill_length", "bill_depth", "flipper_length", "body_mass", "sex", "year", "species"]


def write(name, names, rows):
    with open(FOLDER / f"{name}.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)


def known(table, names, classes):
    """The rows of a table of scikit-learn, with the names of the classes."""
    rows = [[f"{value:g}" for value in row] + [classes[label]] for row, label in zip(table.data, table.target)]
    return names + ["class"], rows


def penguins(random):
    """Rows in random order, in which about one cell in forty is not known."""
    for species, (islands, count, sizes) in SPECIES.items():
        for _ in range(count):
            sex = random.choice(list(SEXES))
            length, depth, flipper, mass = (random.gauss(mean + SEXES[sex] * scale, scale) for mean, scale in sizes)
            cells = [
                random.choice(islands),
                f"{length:.1f}",
                f"{depth:.1f}",
                f"{flipper:.0f}",
                f"{25 * round(mass / 25)}",
                sex,
                random.choice([2021, 2022, 2023]),
            ]
            gaps = [0, 0.02, 0.02, 0.02, 0.02, 0.06, 0]
            yield [*("NA" if random.random() < gap else cell for cell, gap in zip(cells, gaps)), species]


if __name__ == "__main__":
    iris, wine = load_iris(), load_wine()
    iris_names = [name.removesuffix(" (cm)").replace(" ", "_") for name in iris.feature_names]
    write("iris", *known(iris, iris_names, iris.target_names))
    write("wine", *known(wine, wine.feature_names, CULTIVARS))
    random = Random(1936)
    rows = list(penguins(random))
    random.shuffle(rows)
    write("penguins", NAMES, rows)
