/**
 * Who may import whom. A room imports itself and the rooms before it in this list; the last ones put the others
 * together. What needs Node's own modules is in the rooms that are named for it.
 */
const rooms = [
  // What every room stands on: random numbers, texts, sums, checksums, what the build generates, what engines differ in.
  String.raw`[^/]+\.ts$`,
  'generated/',
  'platform/',
  'core/',
  'data/',
  'model/',
  'metrics/',
  'run/',
  'trials/',
  'checks/',
  'bench/',
  'charts/',
  'artifacts/',
  'exports/',
  'files/',
  'server/',
  'terminal/',
  'commands/',
  'entries/',
];
const roomsWithNode = ['platform/', 'trials/staffs/', 'files/', 'server/', 'terminal/', 'commands/'];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circle',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...rooms.slice(0, -1).map((room, index) => ({
      name: `${room}-imports-no-later-room`,
      severity: 'error',
      from: { path: `^src/${room}` },
      to: { path: `^src/(${rooms.slice(index + 1).join('|')})` },
    })),
    {
      name: 'node-has-its-places',
      comment: 'everything else runs in a browser unchanged',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(${roomsWithNode.join('|')})` },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'the-page-is-a-user',
      comment: 'it takes what any page can take: what the package exports',
      severity: 'error',
      from: { path: '^web/(src|model-page)/' },
      to: { path: '^(src|scripts|test)/|^\\.\\./\\.\\./dist/' },
    },
    {
      name: 'nothing-missing',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^\\.\\./dist/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
