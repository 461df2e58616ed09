// The entry of imp-redirect.element.mjs, for pages that import: `<imp-result>` by the module beside it.
import { defineResult } from './element.js';
import { complete } from './index.js';

defineResult(complete);
