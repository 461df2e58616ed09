import { defineConfig } from '@playwright/test';
import { findShell } from './scripts/browser.mjs';
import { GATEWAY, SHOP } from './test/e2e/support.js';

const executablePath = findShell();

export default defineConfig({
  testDir: 'test/e2e',
  // Emptied at each run: not where the reports of the other tests are.
  outputDir: 'test-results/e2e',
  fullyParallel: true,
  forbidOnly: true,
  workers: 2,
  // Told at the end, and no cause to be content: a loaded machine finds races that a test has with the browser.
  retries: 1,
  // Not what anything may take: what a loaded machine may.
  expect: { timeout: 15_000 },
  reporter: process.env.IMP_REDIRECT_REPORT ? [['list'], ['json', { outputFile: process.env.IMP_REDIRECT_REPORT }]] : 'list',
  webServer: {
    command: 'node --import tsx demo/server.ts',
    url: SHOP,
    env: { PORT: new URL(SHOP).port, GATEWAY_PORT: new URL(GATEWAY).port, DATA_DIR: '.demo/e2e-data' },
    gracefulShutdown: { signal: 'SIGTERM', timeout: 5000 },
  },
  use: {
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(executablePath && { executablePath }),
      args: [
        '--no-sandbox',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
