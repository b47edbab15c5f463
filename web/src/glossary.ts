/** The words of the field in plain words: what each is, then why one cares. It is loaded when one of them is asked for. */
export const glossary = {
  row: 'One example of the table, such as one drawing or one flower. The model learns from some rows, and is tested on others.',
  feature:
    'A number that describes a row, such as how dark a pixel is. It is all that the model knows of the row.',
  class: 'What a row can be, such as one of the ten digits. The model chooses one for each row.',
  label:
    'The class that a row really has, as the table says. The model learns from labels, and is judged by them.',
  weight:
    'How much a feature speaks for a class, or against it. The weights are what the training finds: they are the model.',
  bias: 'What a class gets before any feature is looked at. It makes frequent classes more likely.',
  logit:
    'The score of a class: its bias, and each feature times its weight, added up. The class with the largest logit is predicted.',
  probability:
    'How sure the model is of a class, from 0% to 100%; those of all classes add up to 100%. It is computed from the logits by the softmax.',
  softmax:
    'The function that turns logits into probabilities: each logit as an exponent of e, divided by the sum over all classes. One more in a logit makes a class e times, 2.7 times, as likely against another.',
  epoch:
    'One pass over all training rows. More epochs fit the training rows better, until there is little left to learn.',
  loss: 'How wrong the probabilities are, as the cross-entropy: minus the logarithm of the probability of the true class, on average over the rows. The training makes it small; 0 would be perfect.',
  'cross-entropy':
    'Minus the logarithm of the probability that the model gives to the true class, on average. It punishes being sure and wrong most of all.',
  gradient:
    'The direction in which the loss grows fastest, a number for each weight. Each step of the training goes the opposite way.',
  'learning rate':
    'How far each step goes along the gradient. If it is too small, learning is slow; if it is too large, the loss jumps up and down, or grows.',
  L2: 'A penalty on large weights, which is added to the loss. It keeps the model from learning the training rows by heart.',
  solver:
    'The method that turns gradients into steps. All of them look for the same smallest loss; some get there in fewer epochs.',
  gd: 'Gradient descent: each step is the gradient times the learning rate. It is the simplest solver.',
  'training rows':
    'The rows that the model learns from. It is usually somewhat better on them than on rows it has never seen.',
  'training accuracy':
    'The share of the training rows that the model reads right. If it is far above the accuracy on held-out rows, the model has learnt them by heart.',
  'held-out':
    'Kept away from the training, for the test. Only such rows show how well the model reads what it has never seen.',
  accuracy:
    'The share of rows that are read right. It is easy to understand, but hides which classes are mistaken for which.',
  'balanced accuracy':
    'The mean of the recalls of all classes. Unlike the accuracy, it is not high just because one class is frequent.',
  precision:
    'Of the rows that are read as a class, the share that really is of it. It is low if the class is often seen where it is not.',
  recall:
    'Of the rows that really are of a class, the share that is read as it. It is low if the class is often missed.',
  'f1-score': 'The harmonic mean of precision and recall. It is high only if both of them are.',
  support: 'How many tested rows are of the class. Scores of few rows are uncertain.',
  'macro avg': 'The mean over the classes, each counted once. Rare classes count as much as frequent ones.',
  'weighted avg': 'The mean over the classes, each weighted by its support. Frequent classes count for more.',
  'confusion matrix':
    'Counts the tested rows by their true class (the line) and the class that they were read as (the column). All that is not on the diagonal is a mistake.',
  'ROC curve':
    'Shows, for each threshold of a class’s probability, the share of the class that is found against the share of the others that is taken for it. The closer to the upper left corner, the better the two are told apart.',
  AUC: 'The area under the ROC curve: how often a row of the class gets a higher probability than a row of another. 1 is perfect, 0.5 is guessing.',
  'true positive rate': 'The share of the rows of a class that are found. It is another name for the recall.',
  'false positive rate':
    'The share of the rows of other classes that are taken for this one. These are false alarms.',
  threshold:
    'The probability from which on a row counts as being of the class. A lower one finds more of the class, and raises more false alarms.',
  calibration:
    'Whether probabilities mean what they say: of all answers that are 80% sure, 80% should be right. One needs it to know when to trust an answer.',
  ECE: 'Expected calibration error: how far probabilities are from the shares that are right, on average. 0 means that they can be taken at their word.',
  'Brier score':
    'The mean squared distance of the probabilities from the truth. The smaller it is, the better; it rewards both being right and being honest about it.',
  importance:
    'How much accuracy is lost if the values of a feature are shuffled among the rows. What loses none is not needed by the model.',
  'standard deviation':
    'How far values usually are from their mean. Features are divided by theirs, so that their weights can be compared.',
  mean: 'The sum of the values, divided by their number. Features are measured from their mean.',
  median: 'The middle value: half of the others are smaller. A few very large values do not change it.',
  contribution:
    'What a feature of a row adds to the logit of a class, against the average of all classes. Positive numbers speak for the class.',
  'random features':
    'Waves across the features, with random directions and lengths; the model weighs them instead of the features. So it can learn borders that are no straight lines.',
  seed: 'The number from which everything random is computed, such as which rows are held out. The same seed gives the same result.',
  fingerprint:
    'A checksum of the weights, the SHA-256. If two of them are equal, two machines have computed the same model to the last bit.',
  'held-out accuracy':
    'The share of the held-out rows that are read right. It tells how good the model is on rows that it has never seen.',
  threads:
    'Parts of a program that run at the same time. They make training faster, and change nothing else.',
} as const satisfies Readonly<Record<string, string>>;

/** A word that the page can explain. */
export type Term = keyof typeof glossary;
