/**
 * Gets what the product needs and lacks, says so in one line each, and is quick when nothing is missing. It runs under
 * whatever Node (18 or later) is there, before the project's own Node 24 is installed.
 *
 *   node bin/prepare.mjs packages        npm packages from the lockfile, Node 24 among them
 *   node bin/prepare.mjs test [FILE …]   those, the lab's servers, then all tests (or the named ones)
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, lstatSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');
const stamp = join(modules, '.tourniquet-lock.json');
const lock = join(root, 'package-lock.json');

const STORIES = ['walk', 'server-itself', 'other-hands', 'presses', 'killed-agent', 'killed-mail-agent'].map(
  (name) => `test/scenarios/${name}.test.ts`,
);

const [task, ...rest] = process.argv.slice(2);
if (task === 'packages') installPackages();
else if (task === 'test') process.exit(runTests(rest));
else fail(`prepare: there is no task ${JSON.stringify(task ?? '')}; say packages or test`);

function installPackages() {
  if (existsSync(stamp) && readFileSync(stamp).equals(readFileSync(lock))) return;
  if (existsSync(modules) && lstatSync(modules).isSymbolicLink()) return;
  say('installing the npm packages of the lockfile …');
  // `npm ci` refuses a lockfile without the optional packages of other platforms, which a registry may not have (yet);
  // `npm install --no-save` installs the very versions of the lockfile and leaves it as it is.
  const npm = spawnSync('npm', ['install', '--no-save', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (npm.error)
    fail('npm is missing. Debian: apt-get install npm; Fedora: dnf install nodejs-npm; macOS: brew install node.');
  if (npm.status !== 0)
    fail('the npm packages could not be installed (above is why). Mend that, then run the command again.');
  copyFileSync(lock, stamp);
}

function runTests(files) {
  installPackages();
  const pinned = join(modules, '.bin', 'node');
  const node = existsSync(pinned) ? pinned : process.execPath;
  const vitest = join(modules, 'vitest', 'vitest.mjs');
  const run = (words) =>
    spawnSync(node, [vitest, 'run', '--config', 'test/vitest.config.ts', '--root', '.', ...words], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, PATH: `${join(modules, '.bin')}:${process.env.PATH ?? ''}` },
    }).status ?? 1;
  if (files.length > 0) return run(files);
  // A story is a whole house with deadlines of its own (a machine named within five seconds): one at a time.
  const others = run(STORIES.flatMap((story) => ['--exclude', story]));
  const stories = run(['--maxWorkers', '1', ...STORIES]);
  return others === 0 ? stories : others;
}

function say(line) {
  process.stderr.write(`tourniquet: ${line}\n`);
}

function fail(line) {
  say(line);
  process.exit(69);
}
