import t from 'tap';
import { nearestName } from '../src/spelling.js';

const known = [
  'data',
  'drop',
  'epochs',
  'seed',
  'l2',
  'learning-rate',
  'lr-decay',
  'label',
  'labels',
  'solver',
  'test-split',
];
const meant = { lr: 'learning-rate', 'test-size': 'test-split', sep: 'delimiter' };

t.test('the name that a word is meant to be', async (t) => {
  for (const [word, name] of [
    // Another name.
    ['lr', 'learning-rate'],
    ['test_size', 'test-split'],
    ['testSize', 'test-split'],
    // The same but for dashes and case.
    ['learning_rate', 'learning-rate'],
    ['learningRate', 'learning-rate'],
    ['L2', 'l2'],
    // An abbreviation.
    ['learn', 'learning-rate'],
    ['test', 'test-split'],
    // Mistyped.
    ['epoch', 'epochs'],
    ['epohcs', 'epochs'],
    ['sede', 'seed'],
    ['seeed', 'seed'],
    ['learnin-ratte', 'learning-rate'],
  ]) {
    t.equal(nearestName(word, known, meant), name, word);
  }
});

t.test('a word that shares too little with all names is none of them', async (t) => {
  // "sep" is meant to be a name that is not known here, "lab" may be two of them.
  for (const word of [
    'sep',
    'l1',
    'l',
    'r',
    'x',
    'dd',
    'dog',
    'lab',
    'sleds',
    'folder',
    'table',
    'epics',
    'xyzzy',
    '',
  ]) {
    t.equal(nearestName(word, known, meant), undefined, word);
  }
  t.equal(nearestName('lr', known), undefined, 'without its other names');
  t.equal(nearestName('lr', [], meant), undefined);
});
