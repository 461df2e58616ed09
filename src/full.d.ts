/**
 * Whether the bundle has what is not a default: servers that speak otherwise than our contract, kept context, repairs, identity
 * verification, PortOne V2. imp-redirect.js and imp-redirect.wrap.js have not. See vite.config.ts.
 */
declare const FULL: boolean;

/** Whether it also has `diagnose`, with its words: imp-redirect.debug.js and the module. */
declare const DEBUG: boolean;
