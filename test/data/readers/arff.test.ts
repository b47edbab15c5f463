import t from 'tap';
import { readArff } from '../../../src/data/readers/arff.js';
import { type ReadOptions, TableError } from '../../../src/data/table.js';
import { beginnings, corruptions, readRows } from './reading.js';

const read = (text: string, options?: Partial<ReadOptions>, chunkBytes?: number) =>
  readRows(readArff, Buffer.from(text), options, chunkBytes);

const iris = `% 1. Title: a few irises
@RELATION iris

@ATTRIBUTE sepallength	REAL
@attribute 'sepal width' numeric   % in cm
@Attribute "petals" {3, 4,'5 or "six"', "it's"}
@attribute colour{red,blue}
@attribute seen date "yyyy-MM-dd"
@attribute note string
@attribute count INTEGER [0, 100]
@attribute class {setosa,'versi color'}

@DATA
5.1,3.5,3,red,2020-01-31,'a, b',1,setosa
% a comment between rows
4.9 , ? , 4, blue ,2020-02-01,"it\\'s 50\\%",?,'versi color'

?,1e3,?,?,?,?,3,setosa
4	-2	"it's"	red	2021-01-01	x	4	?
`;

t.test('all kinds of attributes and values', async (t) => {
  for (const chunkBytes of [1, 7, undefined]) {
    t.same(await read(iris, {}, chunkBytes), {
      featureNames: ['sepallength', 'sepal width', 'petals', 'colour', 'seen', 'note', 'count'],
      categories: [2, 3],
      rows: [
        ['5.1', '3.5', '3', 'red', '2020-01-31', 'a, b', '1'],
        ['4.9', '', '4', 'blue', '2020-02-01', "it's 50%", ''],
        ['', '1e3', '', '', '', '', '3'],
        ['4', '-2', "it's", 'red', '2021-01-01', 'x', '4'],
      ],
      labels: ['setosa', 'versi color', 'setosa', ''],
      places: [14, 16, 18, 19],
      areLines: true,
    });
  }
  for (const end of ['\r\n', '\r']) {
    const { rows, places } = await read(iris.replaceAll('\n', end));
    t.equal(rows.length, 4);
    t.same(places, [14, 16, 18, 19]);
  }
});

t.test('columns that are chosen', async (t) => {
  t.match(await read(iris, { columns: { label: 'colour', drop: ['1', 'note'], category: ['count'] } }), {
    featureNames: ['sepal width', 'petals', 'seen', 'count', 'class'],
    categories: [1, 4, 3],
    labels: ['red', 'blue', '', 'red'],
  });
  t.match(await read(iris, { columns: { label: null, features: ['petals', 'count'] } }), {
    rows: [
      ['3', '1'],
      ['4', ''],
      ['', '3'],
      ["it's", '4'],
    ],
    labels: undefined,
  });
});

t.test('sparse rows have the usual values where they say nothing', async (t) => {
  const head =
    '@relation r\n@attribute a numeric\n@attribute b {x,y}\n@attribute c string\n@attribute d {p,q}\n@data\n';
  t.match(await read(`${head}{0 1.5, 3 q}\n{ 1 y ,2 'a, b' }\n{}\n{0 ?}\n1,x,z,q`), {
    rows: [
      ['1.5', 'x', ''],
      [0, 'y', 'a, b'],
      [0, 'x', ''],
      ['', 'x', ''],
      ['1', 'x', 'z'],
    ],
    labels: ['q', 'p', 'p', 'p', 'q'],
  });
  for (const [row, fault] of [
    ['{4 1}', 'found place 4, expected 0 to 3'],
    ['{0 1, 0 2}', 'found two values for place 0'],
    ['{x}', 'found "x", expected places and values, such as {0 1.5, 3 red}'],
    ['{0}', 'found "0", expected places and values, such as {0 1.5, 3 red}'],
    ['{1 z}', 'found "z" in "b", expected one of its values "x", "y"'],
  ]) {
    await t.rejects(read(`${head}${row}`), { message: `table, line 7: ${fault}` });
  }
});

t.test('more rows than a portion has', async (t) => {
  const rows = Array.from({ length: 300_000 }, (_, row) => `${row},${row % 3},${row % 2 ? 'a' : 'b'}`);
  const table = await read(
    `@attribute x real\n@attribute y real\n@attribute c {a,b}\n@data\n${rows.join('\n')}`,
  );
  t.equal(table.rows.length, 300_000);
  t.ok(table.rows.every(([x, y], row) => x === String(row) && y === String(row % 3)));
  t.ok(table.places.every((place, row) => place === row + 5));
});

t.test('what is amiss, and where', async (t) => {
  const head = '@relation r\n@attribute a real\n@attribute b {x,y}\n';
  const faults: Record<string, string> = {
    '': 'table: ends without a line @data: expected an ARFF with rows below it',
    [head]: 'table: ends without a line @data: expected an ARFF with rows below it',
    '@data\n1': 'table: has no line @attribute before @data',
    [`${head}@data\n`]: 'table: has no rows below @data',
    [`${head}1,x`]:
      'table, line 4: found "1,x", expected @relation, @attribute or @data, as an ARFF has them',
    '@attribute a {x': 'table, line 1: found "{x", expected values between braces',
    "@attribute a {'x}": "table, line 1: found a value without a closing '",
    '@attribute a':
      'table, line 1: found the type "", expected numeric, real, integer, string, date or {values}',
    '@attribute a relational':
      'table, line 1: found the type "relational", expected numeric, real, integer, string, date or {values}',
    '@attribute {a}': 'table, line 1: found "@attribute {a}", expected a name after @attribute',
    [`${head}@data\n1,x,2`]: 'table, line 5: found 3 values, expected one for each of the 2 attributes',
    [`${head}@data\n1,x,{2}`]:
      'table, line 5: found 3 values, expected one for each of the 2 attributes; weights of rows are not read',
    [`${head}@data\n1,x\n2,z`]: 'table, line 6: found "z" in "b", expected one of its values "x", "y"',
    [`${head}@data\n1,"x" y`]: 'table, line 5: found "y" after a closing ", expected a comma or the end',
    [`${head}@attribute a real\n@data\n1,x,2`]:
      'table: columns 1 and 3 are both called "a": expected distinct names',
  };
  for (const [text, message] of Object.entries(faults)) {
    await t.rejects(read(text), { name: 'TableError', message }, text);
  }
  await t.rejects(read(iris, { columns: { label: 'sort' } }), { message: /there is no column "sort"/ });
});

t.test('cut off or changed anywhere, it is read or refused', async (t) => {
  let refusals = 0;
  for (const bytes of [...beginnings(Buffer.from(iris)), ...corruptions(Buffer.from(iris))]) {
    try {
      await readRows(readArff, bytes);
    } catch (error) {
      refusals++;
      if (!(error instanceof TableError)) throw error;
    }
  }
  t.ok(refusals > 100);
});
