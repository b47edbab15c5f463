/** The features that the weights can apply to, with the defaults of other options that suit them. */
export const featureMaps = {
  raw: { title: 'Columns of the table', solver: 'gd', l2: 0, tolerance: undefined },
  // With this tolerance the predictions for the digits are those of the optimum (measured).
  rbf: { title: 'Random Fourier (RBF)', solver: 'lbfgs', l2: 2e-6, tolerance: 1e-5 },
} as const;

export type FeaturesName = keyof typeof featureMaps;

/** Default number of random features. */
export const COMPONENTS = 3072;
/** Beyond this, float32 has no digits left for the fraction of a turn, which is all that a cosine depends on. */
export const MAX_GAMMA = 1e12;
