// Finds a Chromium for the browser tests, or installs one. Playwright's own build first, then the system's.
//
// There are two: the whole browser, and one that has never had windows, which does the same in half the time but keeps no page
// for "back".
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { attempt, installFromDebian } from './debian.mjs';
import { bin } from './dependencies.mjs';

const SYSTEM_SHELL = '/usr/bin/chromium-headless-shell';
const SYSTEM_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** @returns the path of a whole Chromium that is on this machine, or `null`. `CHROMIUM_PATH` outranks all. */
export function findChromium() {
  const candidates = [process.env.CHROMIUM_PATH, chromium.executablePath(), ...SYSTEM_PATHS];
  return candidates.find((path) => path && existsSync(path)) ?? null;
}

/** @returns the path of the quicker one, or of the whole one where there is no other; `undefined` where Playwright has its own. */
export function findShell() {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  if (existsSync(chromium.executablePath())) return undefined;
  return existsSync(SYSTEM_SHELL) ? SYSTEM_SHELL : (findChromium() ?? undefined);
}

/** Whether the quicker one could be had too: in a container of Debian's, where to install it bothers nobody. */
const isMissingShell = (found) => found === '/usr/bin/chromium' && process.getuid?.() === 0 && !existsSync(SYSTEM_SHELL);

/** Installs Chromium if there is none; ends this process, saying what to do, if none can be had. */
export function ensureChromium() {
  const found = findChromium();
  if (found) {
    if (isMissingShell(found)) installFromDebian('chromium-headless-shell');
    return;
  }

  console.log("No Chromium found. Installing Playwright's …");
  attempt(bin('playwright'), ['install', 'chromium']);
  if (!findChromium()) {
    console.log("That did not work here. Installing Debian's …");
    installFromDebian('chromium');
    installFromDebian('chromium-headless-shell');
  }

  if (!findChromium()) {
    console.error(
      'The browser tests need Chromium. Install Google Chrome or Chromium, or run `npx playwright install chromium`,\n' +
        'or set CHROMIUM_PATH to its executable; then run `npm test` again.',
    );
    process.exit(1);
  }
}
