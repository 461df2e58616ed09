/**
 * Whether the bundle has what is not a default: servers that speak otherwise than our contract, kept context, repairs, identity
 * verification, PortOne V2. imp-redirect.js, imp-redirect.wrap.js and imp-redirect.headless.mjs have not. See vite.config.ts.
 */
declare const FULL: boolean;

/** Whether it also has `diagnose`, with its words: imp-redirect.debug.js and the module. */
declare const DEBUG: boolean;

/** Whether it can show a result by itself: all but imp-redirect.headless.mjs. */
declare const VIEW: boolean;
