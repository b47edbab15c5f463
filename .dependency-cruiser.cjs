/**
 * Who may import whom: commands → artifacts → metrics, commands → bench → model → core, artifacts → bench and model,
 * and data below model. Only what deals with files, threads or the terminal knows Node.
 *
 * @type {import('dependency-cruiser').IConfiguration}
 */
module.exports = {
  forbidden: [
    {
      name: 'no-circle',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    room('platform', []),
    room('core', ['data', 'platform']),
    room('data', ['platform']),
    room('model', ['core', 'data', 'platform']),
    room('metrics', []),
    room('generated', []),
    room('bench', ['core', 'data', 'model', 'platform']),
    room('trials', ['data', 'metrics', 'model', 'platform']),
    room('artifacts', ['bench', 'data', 'generated', 'metrics', 'model', 'platform', 'trials']),
    room('terminal', ['artifacts', 'bench', 'core', 'data', 'generated', 'model', 'platform', 'trials']),
    room('commands', [
      'artifacts',
      'bench',
      'core',
      'data',
      'generated',
      'metrics',
      'model',
      'platform',
      'server',
      'terminal',
      'trials',
    ]),
    room('server', []),
    {
      name: 'the-page-is-a-user',
      comment: 'it takes what any page can take: what the package exports',
      severity: 'error',
      from: { path: '^web/src/' },
      to: { path: '^(src|scripts|test)/|^\\.\\./\\.\\./dist/' },
    },
    {
      name: 'node-has-its-places',
      comment: 'everything else runs in a browser unchanged',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot:
          '^src/(commands/|server/|terminal/|platform/node\\.ts|data/files\\.ts|artifacts/(inspection|writer|renderer|drawing|draw-worker)\\.ts|trials/(journal|threads|trial-worker)\\.ts)',
      },
      to: { dependencyTypes: ['core'] },
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

/**
 * A room may import itself and those named.
 *
 * @param {string} name
 * @param {string[]} rooms
 */
function room(name, rooms) {
  return {
    name: `${name}-imports`,
    severity: 'error',
    from: { path: `^src/${name}/` },
    to: { path: '^src/', pathNot: `^src/(${[name, ...rooms].join('|')})/` },
  };
}
