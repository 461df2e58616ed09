import config from '../../playwright.config.js';
import { findChromium } from '../../scripts/browser.mjs';

/** What the other tests' browser, which has no windows, cannot do: keep a page for "back", and be killed as customers' browsers are. */
export const WHOLE_BROWSER = { ...config.use?.launchOptions, executablePath: findChromium() as string };
