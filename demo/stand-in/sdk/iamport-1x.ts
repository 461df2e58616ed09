import { createMethods } from './methods.js';

// The object is published empty, and filled afterwards: a wrapper that looks at once finds no method.
const imp = {};
Object.assign(window, { IMP: imp });
Object.assign(imp, createMethods('1.x'));
