import { createMethods } from './methods.js';

const imp = {};
for (const [name, method] of Object.entries(createMethods('v1'))) Object.defineProperty(imp, name, { enumerable: true, get: () => method });

export default imp;
