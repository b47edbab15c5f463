import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { codeOf, reasonOf } from '#platform';
import { type StaticServer, serveFolder } from '../server/static-server.js';
import { hostName, wholeNumber } from '../terminal/flags.js';
import { interruptible } from '../terminal/interrupt.js';

/** Not 8080: a service worker of another page that was served there could answer in place of ours. */
const DEFAULT_PORT = 8064;
const MAX_PORT = 65_535;

export default class Web extends Command {
  static override summary = 'Serve a page that trains, explains and reads digits in a browser.';

  static override description = [
    'The page computes in the browser and sends nothing anywhere. This command only serves its files, with the headers ' +
      'that a page needs to use threads. By default it is reachable only from this machine, and by its own name; ' +
      '--host changes that. Browsers on other machines give a page without https no threads and do not keep it for ' +
      'offline use; a tunnel such as ssh -L 8064:127.0.0.1:8064 avoids that.',
    'Prints one line to stdout, the address, once it can be opened. Ctrl-C stops the server. Exit codes: 1 it could ' +
      'not listen, 2 wrong flags, 130 stopped by Ctrl-C, 143 by SIGTERM.',
  ].join('\n\n');

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --open',
    '<%= config.bin %> <%= command.id %> --port 0',
    '<%= config.bin %> <%= command.id %> --host 0.0.0.0 --port 9000',
  ];

  static override flags = {
    port: wholeNumber({
      helpValue: 'N',
      min: 0,
      max: MAX_PORT,
      description: `port to listen on, 0 for a free one [default: ${DEFAULT_PORT}, or a free one if that is taken]`,
    }),
    host: hostName({
      default: '127.0.0.1',
      description:
        "name or address of this machine to listen on; 0.0.0.0 or :: for all of them, reachable by the machine's name or " +
        'any IP address',
    }),
    open: Flags.boolean({ description: 'open the page in the default browser' }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Web);
    const folder = join(this.config.root, 'dist', 'web');
    if (!existsSync(join(folder, 'index.html'))) {
      throw new Error(`${folder} has no index.html: expected the page that npm run build puts there`);
    }
    const server = await listen(folder, flags.host, flags.port);
    await interruptible(
      async (signal) => {
        const end = once(signal, 'abort');
        process.stdout.write(`${server.url}\n`);
        if (!server.isLocal) {
          tell(
            `--host ${flags.host} exposes the page to the network; without https, browsers on other machines give it no threads ` +
              'and no service worker',
          );
        }
        if (process.stderr.isTTY) process.stderr.write('Ctrl-C stops it\n');
        if (flags.open) void openBrowser(server.url);
        await end;
        await server.close();
      },
      ['SIGINT', 'SIGTERM'],
    );
  }
}

/** Listens on the requested port, or else the default one, or else a free one. */
async function listen(folder: string, host: string, port: number | undefined): Promise<StaticServer> {
  try {
    return await serveFolder(folder, host, port ?? DEFAULT_PORT);
  } catch (error) {
    if (port === undefined && codeOf(error) === 'EADDRINUSE') return listen(folder, host, 0);
    throw new Error(listenFault(error, host, port ?? DEFAULT_PORT));
  }
}

function listenFault(error: unknown, host: string, port: number): string {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return `--port ${port} is in use: choose another, or 0 for a free one`;
    case 'EACCES':
      return `--port ${port} needs privileges that this user lacks: choose another, from 1024 on`;
    case 'EADDRNOTAVAIL':
      return `--host ${host} is not an address of this machine: expected one, such as 127.0.0.1 or 0.0.0.0`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `--host ${host} has no address: expected a name or address of this machine, such as 127.0.0.1`;
    default:
      return `cannot listen on --host ${host}, --port ${port}: ${reasonOf(error)}`;
  }
}

/** If no browser can be opened, that is only reported, since the page can still be opened by hand. */
async function openBrowser(url: string): Promise<void> {
  const fail = (reason: unknown) => tell(`no browser could be opened (${reason}): go to ${url} yourself`);
  try {
    const { default: open } = await import('open');
    const browser = await open(url);
    browser.once('exit', (code) => {
      if (code) fail(`${browser.spawnfile} ended with code ${code}`);
    });
  } catch (error) {
    fail(error instanceof Error ? error.message : error);
  }
}

function tell(line: string): void {
  process.stderr.write(`digits: ${line}\n`);
}
