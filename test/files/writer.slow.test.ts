import { spawnSync } from 'node:child_process';
import fs, {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import t from 'tap';
import { checkTargets, OutputError, writeBundle } from '../../src/files/writer.js';

const bundle = new Map<string, Uint8Array | string>([
  ['metrics.json', '{"new": "é"}\n'],
  ['confusion_matrix.png', Uint8Array.of(0x89, 0x50, 0x00, 0xff)],
]);
const elsewhere = 'choose another output folder';

/** All that is below a folder, as paths from it. */
const tree = (folder: string) => readdirSync(folder, { recursive: true }).map(String).sort();

const read = (...path: string[]) => readFileSync(join(...path), 'utf8');

async function refusalOf(attempt: Promise<void>): Promise<string> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof OutputError) return error.message;
    throw error;
  }
  return 'no refusal';
}

// Other users reach this folder, and maybe not that of the project.
const shared = mkdtempSync(join(tmpdir(), 'writer-'));
chmodSync(shared, 0o755);
t.teardown(() => rmSync(shared, { recursive: true, force: true }));

const writer = join(shared, 'writer.mjs');
buildSync({
  entryPoints: [fileURLToPath(new URL('../../src/files/writer.ts', import.meta.url))],
  outfile: writer,
  bundle: true,
  platform: 'node',
  format: 'esm',
});

const isRoot = process.getuid?.() === 0;
const nobody = isRoot ? { uid: 65534, gid: 65534 } : {};

/** Command and arguments of a process that runs a script which knows the writer, `folder` and `bundle`. */
function child(script: string, folder: string): [string, ...string[]] {
  const prelude = `
    import { readdirSync, readFileSync } from 'node:fs';
    import { setImmediate } from 'node:timers/promises';
    import { checkTargets, writeBundle } from ${JSON.stringify(pathToFileURL(writer))};
    const folder = ${JSON.stringify(folder)};
    const bundle = new Map([['metrics.json', 'new'], ['confusion_matrix.png', 'new']]);
    const message = (attempt) => attempt.then(() => 'no refusal', (error) => error.message);
    /** Resolves as soon as temporary files are there. */
    const underWay = async () => {
      for (;;) {
        await setImmediate();
        try { if (readdirSync(folder).some((name) => name.endsWith('.tmp'))) return; } catch {}
      }
    };`;
  // Not with tap's environment, which loads a module that writes where other users may not.
  const environment = ['--ignore-environment', `PATH=${process.env.PATH}`];
  return ['env', ...environment, process.execPath, '--input-type=module', '--eval', prelude + script];
}

function run(
  [command, ...args]: [string, ...string[]],
  user = {},
): { stdout: string; status: number | null; signal: string | null } {
  const { stdout, stderr, status, signal, error } = spawnSync(command, args, {
    ...user,
    cwd: shared,
    encoding: 'utf8',
    timeout: 20_000,
  });
  if (error) throw error;
  if (stderr !== '') throw new Error(stderr);
  return { stdout, status, signal };
}

t.test('files are written into a new folder with parents', async (t) => {
  const folder = join(t.testdir(), 'a', 'b');
  await writeBundle(folder, bundle);
  t.strictSame(tree(folder), ['confusion_matrix.png', 'metrics.json']);
  t.equal(read(folder, 'metrics.json'), '{"new": "é"}\n');
  t.strictSame([...readFileSync(join(folder, 'confusion_matrix.png'))], [0x89, 0x50, 0x00, 0xff]);
});

t.test('older files are replaced and others are left alone', async (t) => {
  const folder = t.testdir({ 'metrics.json': 'old', 'notes.txt': 'mine', sub: { 'x.png': 'mine' } });
  await writeBundle(folder, bundle);
  t.strictSame(tree(folder), [
    'confusion_matrix.png',
    'metrics.json',
    'notes.txt',
    'sub',
    join('sub', 'x.png'),
  ]);
  t.equal(read(folder, 'metrics.json'), '{"new": "é"}\n');
  t.equal(read(folder, 'notes.txt'), 'mine');
});

t.test(
  'a file keeps the mode of the one that it replaces',
  { skip: process.platform === 'win32' && 'Windows has other permissions' },
  async (t) => {
    const folder = t.testdir({ 'metrics.json': 'old', 'confusion_matrix.png': 'old' });
    const modeOf = (name: string) => statSync(join(folder, name)).mode & 0o777;
    chmodSync(join(folder, 'metrics.json'), 0o600);
    chmodSync(join(folder, 'confusion_matrix.png'), 0o666);
    const umask = process.umask(0o027);
    t.teardown(() => process.umask(umask));
    await writeBundle(folder, new Map([...bundle, ['model.json', '{}']]));
    t.strictSame(
      [...bundle.keys(), 'model.json'].map((name) => modeOf(name)),
      [0o600, 0o666, 0o640],
    );
    t.equal(read(folder, 'metrics.json'), '{"new": "é"}\n');
  },
);

t.test('new names are made durable in every folder that gets one', async (t) => {
  const folder = t.testdir();
  const [{ openSync, fsyncSync }, opened, flushed] = [fs, new Map<number, string>(), new Set<string>()];
  t.teardown(() => {
    Object.assign(fs, { openSync, fsyncSync });
    syncBuiltinESMExports();
  });
  fs.openSync = (path, ...others) => {
    const descriptor = openSync(path, ...others);
    opened.set(descriptor, String(path));
    return descriptor;
  };
  fs.fsyncSync = (descriptor) => {
    fsyncSync(descriptor);
    flushed.add(opened.get(descriptor) ?? '');
  };
  syncBuiltinESMExports();
  const chain = [folder, join(folder, 'a'), join(folder, 'a', 'b'), join(folder, 'a', 'b', 'c')];
  await writeBundle(chain[3], bundle);
  t.strictSame([...flushed].sort(), chain);
  flushed.clear();
  await writeBundle(chain[3], bundle);
  t.strictSame([...flushed], [chain[3]]);
});

t.test('the folder may be a link, and a target that is a link gives way to a file', async (t) => {
  const folder = t.testdir({ real: { 'other.json': 'mine' } });
  symlinkSync(join(folder, 'real'), join(folder, 'link'));
  symlinkSync(join(folder, 'real', 'other.json'), join(folder, 'real', 'metrics.json'));
  symlinkSync(join(folder, 'nowhere'), join(folder, 'real', 'confusion_matrix.png'));
  await writeBundle(join(folder, 'link'), bundle);
  t.equal(read(folder, 'real', 'metrics.json'), '{"new": "é"}\n');
  t.equal(read(folder, 'real', 'other.json'), 'mine');
  t.notOk(existsSync(join(folder, 'nowhere')));
});

t.test('a reader sees a file old or new, never in part', async (t) => {
  const folder = t.testdir();
  const contents = ['a', 'b'].map((letter) => letter.repeat(1_000_000));
  await writeBundle(folder, new Map([['metrics.json', contents[0]]]));
  let writing = true;
  const writes = (async () => {
    for (let i = 0; i < 20; i++) await writeBundle(folder, new Map([['metrics.json', contents[i % 2]]]));
    writing = false;
  })();
  while (writing) {
    if (!contents.includes(read(folder, 'metrics.json'))) t.fail('a file in part');
    await new Promise((resolve) => setImmediate(resolve));
  }
  await writes;
  t.strictSame(tree(folder), ['metrics.json']);
});

t.test('runs at the same time do not disturb each other', async (t) => {
  const folder = join(t.testdir(), 'new');
  const listeners = process.listenerCount('exit');
  await Promise.all(Array.from({ length: 5 }, () => writeBundle(folder, bundle)));
  t.strictSame(tree(folder), ['confusion_matrix.png', 'metrics.json']);
  t.equal(process.listenerCount('exit'), listeners);
});

t.test('obstacles are found before anything is created', async (t) => {
  const root = t.testdir({ file: '', taken: { 'metrics.json': {} }, empty: {} });
  symlinkSync(join(root, 'gone'), join(root, 'dangling'));
  symlinkSync(join(root, 'loop'), join(root, 'loop'));
  const long = 'x'.repeat(300);
  const quoted = (...path: string[]) => JSON.stringify(join(root, ...path));
  const before = tree(root);
  const obstacles: [path: string[], message: string][] = [
    [['file'], `${quoted('file')} is a file, not a folder; ${elsewhere}`],
    [['file', 'a', 'b'], `${quoted('file')} is a file, not a folder; ${elsewhere}`],
    [['taken'], `${quoted('taken', 'metrics.json')} is a folder; move it away or ${elsewhere}`],
    [
      ['dangling'],
      `${quoted('dangling')} is a link to ${quoted('gone')}, which does not exist; ${elsewhere}`,
    ],
    [
      ['dangling', 'a'],
      `${quoted('dangling')} is a link to ${quoted('gone')}, which does not exist; ${elsewhere}`,
    ],
    [['loop', 'a'], `cannot reach ${quoted('loop', 'a')}: too many symbolic links encountered; ${elsewhere}`],
    [[long], `cannot reach ${quoted(long)}: name too long; ${elsewhere}`],
    [['new', long], `cannot reach ${quoted(long)}: name too long; ${elsewhere}`],
  ];
  for (const [path, message] of obstacles) {
    const folder = join(root, ...path);
    t.equal(await refusalOf(checkTargets(folder, bundle.keys())), message);
    t.equal(await refusalOf(writeBundle(folder, bundle)), message);
  }
  t.match(await refusalOf(checkTargets('/x'.repeat(3000), bundle.keys())), /name too long/);
  t.match(await refusalOf(checkTargets('/dev/null', bundle.keys())), /"\/dev\/null" is a device/);
  t.equal(await refusalOf(checkTargets(join(root, 'line\nbreak', 'a'), bundle.keys())), 'no refusal');
  t.equal(await refusalOf(checkTargets(join(root, 'empty'), bundle.keys())), 'no refusal');
  t.strictSame(tree(root), before);
});

t.test('a folder that may not be written to is found at once', async (t) => {
  const folder = join(shared, 'read-only');
  mkdirSync(folder);
  chmodSync(folder, 0o555);
  const locked = join(shared, 'locked');
  mkdirSync(join(locked, 'inside'), { recursive: true });
  chmodSync(locked, 0);
  t.teardown(() => chmodSync(locked, 0o755));
  const script = `
    console.log(await message(checkTargets(folder, bundle.keys())));
    console.log(await message(checkTargets(folder + '/a/b', bundle.keys())));
    console.log(await message(writeBundle(folder + '/a/b', bundle)));
    console.log(await message(checkTargets(${JSON.stringify(join(locked, 'inside'))}, bundle.keys())));`;
  t.strictSame(run(child(script, folder), nobody).stdout.split('\n'), [
    `cannot write into "${folder}": permission denied; ${elsewhere}`,
    `cannot create "${folder}/a/b" in "${folder}": permission denied; ${elsewhere}`,
    `cannot create "${folder}/a/b" in "${folder}": permission denied; ${elsewhere}`,
    `cannot reach "${locked}/inside": permission denied; ${elsewhere}`,
    '',
  ]);
  t.strictSame(tree(folder), []);
});

t.test(
  'a failure between two files is told as it is; metrics.json comes last',
  { skip: isRoot ? false : 'needs root, for a file of another user' },
  async (t) => {
    const folder = join(shared, 'sticky');
    mkdirSync(folder);
    chmodSync(folder, 0o1777);
    writeFileSync(join(folder, 'metrics.json'), 'old');
    const { stdout } = run(child('console.log(await message(writeBundle(folder, bundle)))', folder), nobody);
    t.equal(
      stdout,
      `cannot replace "${folder}/metrics.json": operation not permitted; only confusion_matrix.png changed\n`,
    );
    t.strictSame(tree(folder), ['confusion_matrix.png', 'metrics.json']);
    t.equal(read(folder, 'metrics.json'), 'old');
    t.equal(read(folder, 'confusion_matrix.png'), 'new');
  },
);

const disk = join(shared, 'disk');
mkdirSync(disk);

/** Runs a script where `disk` is a file system of its own, mounted so, which goes with the process. */
function onDisk(options: string, script: string): [string, ...string[]] {
  const mount = `mount -t tmpfs -o ${options} tmpfs "${disk}" && exec "$@"`;
  return ['unshare', '--map-root-user', '--mount', 'sh', '-c', mount, 'sh', ...child(script, disk)];
}

const [unshare, ...mounting] = onDisk('size=64k', '');
const canMount = spawnSync(unshare, mounting).status === 0;

t.test(
  'a full or read-only disk changes nothing',
  { skip: canMount ? false : 'needs leave to mount a small file system' },
  async (t) => {
    const script = `
      await writeBundle(folder, bundle);
      const large = new Map([['metrics.json', 'newer'], ['confusion_matrix.png', 'x'.repeat(100_000)]]);
      console.log(await message(writeBundle(folder, large)));
      console.log(await message(writeBundle(folder + '/a/b', large)));
      console.log(readdirSync(folder).sort().join(), readFileSync(folder + '/metrics.json', 'utf8'));`;
    const full = run(onDisk('size=64k', script));
    const noSpace = 'no space left on device; nothing was changed';
    t.strictSame(full.stdout.split('\n'), [
      `cannot write "${disk}/confusion_matrix.png": ${noSpace}`,
      `cannot write "${disk}/a/b/confusion_matrix.png": ${noSpace}`,
      'confusion_matrix.png,metrics.json new',
      '',
    ]);

    const readOnly = run(onDisk('ro', `console.log(await message(checkTargets(folder, bundle.keys())));`));
    t.equal(readOnly.stdout, `cannot write into "${disk}": read-only file system; ${elsewhere}\n`);
  },
);

t.test('an exit in mid-write leaves no trace', async (t) => {
  const parent = join(shared, 'exit');
  mkdirSync(parent);
  const folder = join(parent, 'a', 'b');
  const script = 'writeBundle(folder, bundle); await underWay(); process.exit(130);';
  t.equal(run(child(script, folder)).status, 130);
  t.strictSame(tree(parent), []);

  writeFileSync(join(parent, 'metrics.json'), 'old');
  t.equal(run(child(script, parent)).status, 130);
  t.strictSame(tree(parent), ['metrics.json']);
  t.equal(read(parent, 'metrics.json'), 'old');
});

t.test('a signal in mid-write leaves no trace either', async (t) => {
  const parent = join(shared, 'signal');
  mkdirSync(parent);
  for (const [name, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ]) {
    const script = `writeBundle(folder, bundle); await underWay(); process.kill(process.pid, '${name}');`;
    t.equal(run(child(script, join(parent, 'a', 'b'))).status, code);
    t.strictSame(tree(parent), []);
  }
});

t.test('what a killed run left is swept by the next', async (t) => {
  const folder = join(shared, 'killed');
  const script = `writeBundle(folder, bundle); await underWay(); process.kill(process.pid, 'SIGKILL');`;
  t.equal(run(child(script, folder)).signal, 'SIGKILL');
  t.equal(tree(folder).filter((name) => name.endsWith('.tmp')).length, 2);
  await writeBundle(folder, new Map([['metrics.json', 'new']]));
  t.strictSame(tree(folder), ['metrics.json']);
});

t.test('only temporary files of dead runs are swept', async (t) => {
  const dead = spawnSync(process.execPath, ['--eval', '']).pid;
  const here = hostname().replace(/[^\w-]/g, '-');
  const name = (target: string, pid: number, host = here) => `.${target}.${host}.${pid}.0123456789ab.tmp`;
  const kept = [
    name('live.json', process.ppid),
    name('own.json', process.pid),
    '.metrics.json.tmp',
    name('elsewhere.json', dead, 'another-machine'),
    `metrics.json.${dead}.0123456789ab.tmp`,
    `.metrics.json.${dead}.txt`,
    name('folder.json', dead),
  ];
  const swept = [
    name('metrics.json', dead),
    name('roc_curves.png', dead),
    name('old.json', process.ppid),
    name('old.json', dead, 'another-machine'),
    name('earlier-process-of-our-number.json', process.pid),
  ];
  const folder = t.testdir({ [name('folder.json', dead)]: {} });
  for (const file of [...kept, ...swept].filter((file) => !existsSync(join(folder, file)))) {
    writeFileSync(join(folder, file), '');
  }
  const age = (file: string, seconds: number) => {
    const time = Date.now() / 1000 - seconds;
    utimesSync(join(folder, file), time, time);
  };
  age(name('old.json', process.ppid), 3601);
  age(name('old.json', dead, 'another-machine'), 3601);
  age(name('live.json', process.ppid), 3500);
  age(name('earlier-process-of-our-number.json', process.pid), process.uptime() + 5);
  await writeBundle(folder, bundle);
  t.strictSame(tree(folder), [...kept, ...bundle.keys()].sort());
});

t.test('paths are taken from the working directory', async (t) => {
  const folder = join(shared, 'relative');
  run(child(`await writeBundle('relative/deep', bundle)`, folder));
  t.strictSame(tree(folder), ['deep', join('deep', 'confusion_matrix.png'), join('deep', 'metrics.json')]);
});

t.test(
  'a file system that takes no folders is an error, not a wait',
  { skip: process.platform !== 'linux' && 'there is no /proc' },
  async (t) => {
    await t.rejects(writeBundle('/proc/digits/out', new Map([['metrics.json', '{}']])), OutputError);
  },
);
