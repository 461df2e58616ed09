// See screens.mjs.
import { chromium } from '@playwright/test';
import { ResultServer, STATES } from '../test/e2e/result-server.js';
import { findChromium } from './browser.mjs';

const VIEWPORTS = { phone: { width: 375, height: 740 }, desktop: { width: 1280, height: 800 } };
const asked = process.argv.slice(2);
const executablePath = findChromium();
const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] });
const server = await new ResultServer().start();
for (const state of asked.length > 0 ? asked : Object.keys(STATES))
  for (const [device, viewport] of Object.entries(VIEWPORTS))
    for (const colorScheme of ['light', 'dark'] as const)
      for (const lang of ['ko', 'en']) {
        const context = await browser.newContext({ viewport, colorScheme, deviceScaleFactor: 2, reducedMotion: 'reduce' });
        const page = await context.newPage();
        await page.goto(server.landing(state, `lang=${lang}&accent=${encodeURIComponent('#b5482b')}&`));
        await page.locator(`.imp-redirect[data-state=${STATES[state]?.shows ?? state}]`).waitFor();
        await page.screenshot({ path: `screens/${state}-${device}-${colorScheme}-${lang}.png`, animations: 'disabled' });
        await context.close();
        server.drop();
      }
await browser.close();
server.close();
