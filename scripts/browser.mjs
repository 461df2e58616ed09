// Finds a Chromium for the browser tests, or installs one. Playwright's own build first, then the system's.
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { attempt, installFromDebian } from './debian.mjs';
import { bin } from './dependencies.mjs';

const SYSTEM_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** @returns the path of a Chromium that is on this machine, or `null`. `CHROMIUM_PATH` outranks all. */
export function findChromium() {
  const candidates = [process.env.CHROMIUM_PATH, chromium.executablePath(), ...SYSTEM_PATHS];
  return candidates.find((path) => path && existsSync(path)) ?? null;
}

/** @returns the path of a Chromium, installed if need be; ends this process, saying what to do, if none can be had. */
export function ensureChromium() {
  const found = findChromium();
  if (found) return found;

  console.log("No Chromium found. Installing Playwright's …");
  attempt(bin('playwright'), ['install', 'chromium']);
  if (!findChromium()) {
    console.log("That did not work here. Installing Debian's …");
    installFromDebian('chromium');
  }

  const installed = findChromium();
  if (!installed) {
    console.error(
      'The browser tests need Chromium. Install Google Chrome or Chromium, or run `npx playwright install chromium`,\n' +
        'or set CHROMIUM_PATH to its executable; then run `npm test` again.',
    );
    process.exit(1);
  }
  return installed;
}
