// The entry of imp-redirect.headless.mjs: `complete` without a view and its words, for pages that show the phases themselves. Of
// the options it has those of the script imp-redirect.js. The build makes an export of this.
import { complete } from './index.js';

(window as unknown as { exported: unknown }).exported = complete;
